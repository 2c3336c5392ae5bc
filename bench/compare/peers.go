package main

import (
	"path/filepath"
	"slices"
)

var allWorks = []string{"W1", "W2", "W3", "W4", "W5", "W6", "W7", "fit", "W8", "W8a", "W9", "W10", "W11", "conv", "W12", "W13"}

// us is this library, which the peers are compared with.
const us = "adjoint"

// A peer is a library, or a way to use it, that does some of the works.
type peer struct {
	name   string
	works  []string
	python bool
}

var ourselves = peer{us, allWorks, false}

// peers are the others.
var peers = []peer{
	{"gorgonia", allWorks[:6], false},
	{"numpy", allWorks[:7], true},
	{"torch", append(allWorks[:7:7], "W8", "W8a", "conv", "W12", "W13"), true},
	{"torch-tuned", []string{"W1", "W4", "W6", "W8", "conv"}, true},
	{"sklearn", []string{"fit"}, true},
	{"onnxruntime", []string{"W8a"}, true},
}

func peerNames() (names []string) {
	for _, p := range peers {
		names = append(names, p.name)
	}
	return names
}

// competitors are those of the chosen peers that do a work, after this library.
func competitors(work string, chosen []string) []peer {
	all := []peer{ourselves}
	for _, p := range peers {
		if slices.Contains(chosen, p.name) && slices.Contains(p.works, work) {
			all = append(all, p)
		}
	}
	return all
}

// command is the command line that measures a work by a peer, but for its flags.
// bench is the program; root is the folder of the module.
func (p peer) command(bench, python, root string) []string {
	if p.python {
		return []string{python, filepath.Join(root, "bench", "peers.py")}
	}
	return []string{bench}
}
