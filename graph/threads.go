package graph

import "adjoint/internal/team"

// SetThreads sets how many threads a Program may use, and returns what was set
// before. 0, as at the start, stands for GOMAXPROCS, which is the limit in any
// case; 1 keeps every Run in the goroutine that calls it.
//
// Threads share large products and wide pointwise work. Values have the same bits
// at any number of them. There is one set of helpers in a process: of Programs that
// run at the same time one has them, and the others run alone. They watch for work
// while a Program runs, sleep soon after, and end when there is none for a while.
func SetThreads(n int) int { return team.SetThreads(n) }
