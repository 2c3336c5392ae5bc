"""Trains a network on the digits 0 to 4 of scikit-learn with PyTorch, and writes it as ONNX.

    /usr/bin/python3 digits.py digits.onnx

Debian's python3-torch 1.13 and python3-sklearn. Its outputs are the 32 features of the last
hidden layer and the logits of the five digits.
"""
import sys

import torch
from sklearn.datasets import load_digits
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        self.hidden, self.head = nn.Linear(64, 32), nn.Linear(32, 5)

    def forward(self, x):
        x = (x / 16).view(-1, 1, 8, 8)
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        features = torch.relu(self.hidden(x.flatten(1)))
        return features, self.head(features)


torch.manual_seed(1)
x, y = load_digits(return_X_y=True)
x, y = torch.tensor(x[y < 5], dtype=torch.float32), torch.tensor(y[y < 5])
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(60):
    for rows in torch.randperm(len(x)).split(64):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows])[1], y[rows])
        loss.backward()
        optimizer.step()
print("accuracy", (net(x)[1].argmax(1) == y).float().mean().item())
axes = {"pixels": {0: "batch"}, "features": {0: "batch"}, "logits": {0: "batch"}}
torch.onnx.export(net, x[:2], sys.argv[1], input_names=["pixels"], output_names=["features", "logits"],
                  dynamic_axes=axes, opset_version=13)
