"""Writes embedding.json: the losses of five steps of SGD, rate 2, of Embedding, GRU, RNN and Linear, and the table of the
Embedding and the probabilities after them. Run with PyTorch 1.13:

    python3 embedding.py
"""

import json

import torch

torch.set_default_dtype(torch.float64)
ids = torch.tensor([[0, 4, 4, 1], [2, 0, 4, 6], [1, 1, 1, 1], [6, 2, 0, 2]])  # (N, T); 3 and 5 are not read
y = torch.tensor([[1.0], [0.0], [0.0], [1.0]])

table, gru, rnn, last = torch.nn.Embedding(7, 3), torch.nn.GRU(3, 4, batch_first=True), torch.nn.RNN(4, 2, batch_first=True), torch.nn.Linear(2, 1)
g, r = dict(gru.named_parameters()), dict(rnn.named_parameters())
params = [
    table.weight,
    g["weight_ih_l0"], g["bias_ih_l0"], g["weight_hh_l0"], g["bias_hh_l0"],
    r["weight_ih_l0"], r["weight_hh_l0"], r["bias_ih_l0"],
    last.weight, last.bias,
]
with torch.no_grad():
    r["bias_hh_l0"].zero_()
    for i, p in enumerate(params):
        p.copy_((0.5 * torch.sin(1.3 * torch.arange(p.numel()) + i + 1)).reshape(p.shape))


def probabilities():
    return torch.sigmoid(last(rnn(gru(table(ids))[0])[0][:, -1]))


losses = []
for _ in range(5):
    loss = torch.nn.functional.binary_cross_entropy(probabilities(), y)
    losses.append(loss.item())
    for p, d in zip(params, torch.autograd.grad(loss, params)):
        with torch.no_grad():
            p -= 2 * d
with open("embedding.json", "w") as f:
    json.dump({"losses": losses, "table": table.weight.flatten().tolist(), "p": probabilities().flatten().tolist()}, f)
    f.write("\n")
