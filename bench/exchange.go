package main

import (
	"time"

	"adjoint/bench/internal/record"
	"adjoint/cluster"

	"gorgonia.org/tensor"
)

// exchanges measures W15 between the first two of the processes that mpirun has started: how
// long they take to agree, the line without bytes, and to send each other so many bytes at
// once. Both are medians.
func exchanges(tensor.Dtype) ([]record.Line, error) {
	const times = 200
	g, err := cluster.Join()
	if err != nil {
		return nil, err
	}
	var lines []record.Line
	for size := 0; size <= 1<<24; size = max(8, 4*size) {
		send, receive := make([]byte, size), make([]byte, size)
		var seconds []float64
		for range times {
			if err := g.Agree(nil); err != nil { // they begin at once
				return nil, err
			}
			begin := time.Now()
			switch {
			case size == 0:
				err = g.Agree(nil)
			case g.Rank() < 2:
				err = g.Exchange((1-g.Rank())%g.Size(), send, receive)
			}
			if err != nil {
				return nil, err
			}
			seconds = append(seconds, time.Since(begin).Seconds())
		}
		lines = append(lines, record.Line{Ranks: g.Size(), Bytes: size, UsPerCall: round(1e6 * median(seconds))})
	}
	if g.Rank() != 0 {
		lines = nil
	}
	return lines, g.Leave()
}
