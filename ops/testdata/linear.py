"""Prints what linear_solve_test.go has of PyTorch 1.13: /usr/bin/python3 linear.py"""
import torch

torch.set_default_dtype(torch.float64)


def show(name, y, x, weights):
    (first,) = torch.autograd.grad((y * weights).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad((first * first).sum(), x, retain_graph=True)
    for what, v in (("value", y), ("gradient", first), ("second order", second)):
        print(name, what, ["%.15g" % e for e in v.detach().flatten().tolist()])


a = torch.tensor([[[2, -1, 0.5], [1, 3, -0.25], [0.5, 1, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 10]]], requires_grad=True)
b = torch.tensor([[[1, 2], [0, -1], [3, 0.5]], [[1, 0], [0, 1], [2, -2]]])
show("Solve", torch.linalg.solve(a, b), a, torch.arange(12.0).reshape(2, 3, 2) - 4)
show("Det", torch.linalg.det(a), a, torch.ones(2))
show("LogDet", torch.linalg.slogdet(a)[1], a, torch.ones(2))
s = torch.tensor([[4, 1, -0.5], [1, 3, 0.25], [-0.5, 0.25, 2]], requires_grad=True)
show("Cholesky", torch.linalg.cholesky(s), s, torch.tensor([[1, 0, 0], [-2, 3, 0], [0.5, -1, 2]]))
