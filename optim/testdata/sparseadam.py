#!/usr/bin/env python3
"""The values of TestLazyAdamIsPyTorchs: torch.optim.SparseAdam on the rows of an embedding.

Three steps of J = Σ c⊙w[index]², float64, on a table of 5 rows of 3 numbers; rows are read twice, once and never.
PyTorch 1.13.1.
"""
import torch

table = torch.nn.Embedding(5, 3, sparse=True, dtype=torch.float64)
with torch.no_grad():
    table.weight.copy_(torch.arange(15, dtype=torch.float64).reshape(5, 3) / 10 - 0.7)
rule = torch.optim.SparseAdam(table.parameters(), lr=0.05, betas=(0.8, 0.95), eps=1e-2)
for index in [[1, 3, 1, 0], [3, 3, 2, 1], [0, 1, 1, 1]]:
    rule.zero_grad()
    c = torch.arange(1, 13, dtype=torch.float64).reshape(4, 3) / 4
    (c * table(torch.tensor(index)) ** 2).sum().backward()
    rule.step()
for row in table.weight.tolist():
    print("\t" + ", ".join(repr(v) for v in row) + ",")
