// Package compute has the words in which an op says how its value is computed. Only those
// who write ops need it: it knows tensors and threads, and no graph.
//
// An op gives one [Kernel]. There are four ways to make one; take the first that fits:
//
//	Entrywise   y's entry depends on the same entry of each x: it may run in place, and the
//	            compiler runs neighbours of its kind a tile of their entries at a time
//	Loop        any other function of whole tensors
//	Bound       what is worth preparing once for the sizes: scratch memory, a choice of method
//	            (Refusing, if it finds on its way that it has to refuse the values of x)
//	Strided     what can read its inputs by strides, so that a transpose costs nothing, or
//	            has parts that threads may share
//
// A Kernel of a value that is its input with the axes in another order says so ([Kernel.AsView]),
// and costs nothing where a Strided one reads it. One of a value that lies in its input in one
// piece says that ([Kernel.AsPart]), and costs nothing at all. One of a value that a loop over a
// formula computes has that loop ([Kernel.AsLoop]), for the compiler to take its step apart.
//
// A kernel overwrites y, which shares memory with no x unless it is Entrywise. It keeps and
// changes no x, and allocates nothing when it runs; what is prepared for the sizes may. The
// bits of y depend on the sizes and the instruction set, and on nothing else.
//
// What else an op says, such as its reverse derivative, speaks of nodes and is in package
// graph.
package compute
