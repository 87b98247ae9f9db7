"""A checkpoint of ResNet Workbench as a PyTorch module: python3 pytorch_resnet.py checkpoints/last.safetensors

Needs torch and safetensors; docs/interchange.md says what the file holds and what the network expects to be fed.
"""
import json, sys
import torch, torch.nn as nn, torch.nn.functional as F
from safetensors import safe_open


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, kind):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.kind, self.pad = kind, outputs - inputs
        if kind == "projection":
            self.shortcut = Unit(inputs, outputs, 1, stride)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.kind == "identity": y = y + x
        if self.kind == "zero-pad": y = y + F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.pad))
        if self.kind == "projection": y = y + self.shortcut(x)
        return F.relu(y)


class Unit(nn.Module):
    def __init__(self, inputs, outputs, side, stride=1):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False), nn.BatchNorm2d(outputs)

    def forward(self, x):
        return self.bn(self.conv(x))


class ResNet(nn.Module):
    """Modules are named as the workbench names tensors: stem.conv, stage1.block1.bn2, head."""

    def __init__(self, family, depth, shortcut, width, classes, **_):
        super().__init__()
        self.stem, inputs = Unit(3, width, 3), width
        for stage in 1, 2, 3:
            blocks, outputs = nn.Sequential(), width << (stage - 1)
            for block in range(1, (depth - 2) // 6 + 1):
                resizes = stage > 1 and block == 1
                kind = "none" if family == "plain" else shortcut if resizes else "identity"
                blocks.add_module(f"block{block}", Block(inputs, outputs, 2 if resizes else 1, kind))
                inputs = outputs
            self.add_module(f"stage{stage}", blocks)
        self.head = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.stage3(self.stage2(self.stage1(F.relu(self.stem(x)))))
        return self.head(x.mean((2, 3)))


def load(path):
    names = dict(kernel="weight", gamma="weight", beta="bias", bias="bias", mean="running_mean", variance="running_var")
    with safe_open(path, "pt") as file:
        network = json.loads(file.metadata()["config"])["network"]
        tensors = {name: file.get_tensor(name) for name in file.keys() if not name.startswith("momentum")}
    parts = {name: name.rpartition(".") for name in tensors}
    order = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}  # kernels: HWIO -> OIHW; the head's: [in, classes] -> [classes, in]
    state = {f"{parts[n][0]}.{names[parts[n][2]]}": t.permute(order[t.ndim]) for n, t in tensors.items()}
    net = ResNet(**network, classes=tensors["head.bias"].numel())
    net.load_state_dict(state)
    return net.eval()


if __name__ == "__main__":
    net = load(sys.argv[1])
    print(net, f"{sum(p.numel() for p in net.parameters()):,} parameters", sep="\n")
