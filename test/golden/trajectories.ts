/** The committed trajectories: file name -> options of `torch_resnet.py golden`, each with `--depth 8`. */
export const trajectories: Readonly<Record<string, string>> = {
  "residual-zero-pad": "--shortcut zero-pad",
  "residual-none": "--width 8",
  "residual-projection": "--width 8 --shortcut projection",
  plain: "--width 8 --family plain",
  nesterov: "--width 8 --nesterov",
  "decay-all": "--width 8 --weight-decay 0.02",
  "decay-kernels": "--width 8 --weight-decay 0.02 --decays kernels",
  smoothing: "--width 8 --label-smoothing 0.1",
  "classes-100": "--width 8 --classes 100",
  bfloat16: "--shortcut zero-pad --precision bfloat16",
};

export const trajectoryFile = (name: string): string => `${import.meta.dirname}/${name}.safetensors`;
