import { type Device, tensorflowVersion } from "./platform.ts";

/** A file of the Python package index that an engine is unpacked from. */
export interface Wheel {
  readonly file: string;
  /** what pip is asked for */
  readonly requirement: string;
  /** pip's name of the platform; pip matches it exactly */
  readonly pipPlatform: string;
  readonly bytes: number;
  readonly sha256: string;
  /** size of what is unpacked of it */
  readonly unpackedBytes: number;
}

/** The wheels' Python; any would do, since only the C++ libraries are used, and they are the same in all. */
export const wheelPython = "311";

function wheel(file: string, bytes: number, sha256: string, unpackedBytes: number): Wheel {
  const [name = "", version = "", , , tags = ""] = file.replace(/[.]whl$/, "").split("-");
  return {
    file,
    requirement: `${name.replaceAll("_", "-")}==${version}`,
    pipPlatform: tags.split(".")[0],
    bytes,
    sha256,
    unpackedBytes,
  };
}

/**
 * NVIDIA's libraries: what the GPU wheel's METADATA names under `extra == "and-cuda"`, at the newest versions that its
 * bounds allowed in November 2026. Pinned, so that every machine gets the same ones.
 */
const nvidia: readonly Wheel[] = [
  wheel(
    "nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl",
    581_217_458,
    "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
    855_064_416,
  ),
  wheel(
    "nvidia_cuda_cupti_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    10_248_621,
    "ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182",
    41_311_976,
  ),
  wheel(
    "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    40_546_229,
    "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
    98_010_465,
  ),
  wheel(
    "nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    89_568_129,
    "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
    227_340_992,
  ),
  wheel(
    "nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    3_493_179,
    "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
    5_342_176,
  ),
  wheel(
    "nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl",
    716_538_495,
    "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
    1_162_393_472,
  ),
  wheel(
    "nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    200_877_592,
    "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
    293_609_416,
  ),
  wheel(
    "nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl",
    68_295_626,
    "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
    166_965_432,
  ),
  wheel(
    "nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl",
    338_117_415,
    "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
    494_975_064,
  ),
  wheel(
    "nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    366_465_088,
    "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
    486_556_368,
  ),
  wheel(
    "nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl",
    351_526_311,
    "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c",
    489_653_380,
  ),
  wheel(
    "nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    39_748_338,
    "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
    95_935_344,
  ),
];

const cp = `${tensorflowVersion}-cp311-cp311`;

/** TensorFlow's wheel first. SHA-256 sums were computed from downloads on 2026-11-24. */
const wheels: Readonly<Record<string, readonly Wheel[]>> = {
  "linux-x64 cpu": [
    wheel(
      `tensorflow_cpu-${cp}-manylinux_2_27_x86_64.whl`,
      273_829_956,
      "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
      853_308_936,
    ),
  ],
  "linux-x64 gpu": [
    wheel(
      `tensorflow-${cp}-manylinux_2_27_x86_64.whl`,
      572_440_367,
      "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
      1_259_021_080,
    ),
    ...nvidia,
  ],
  "linux-arm64 cpu": [
    wheel(
      `tensorflow-${cp}-manylinux_2_27_aarch64.whl`,
      281_828_020,
      "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
      883_062_208,
    ),
  ],
  "darwin-arm64 cpu": [
    wheel(
      `tensorflow-${cp}-macosx_12_0_arm64.whl`,
      223_405_849,
      "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
      740_805_624,
    ),
  ],
};

/** What an engine is made from; undefined where there is none. */
export function wheelsFor(platform: string, device: Device): readonly Wheel[] | undefined {
  return wheels[`${platform} ${device}`];
}
