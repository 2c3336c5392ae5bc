package kernel

// Pause lets a moment pass, of about n times 10 to 40 ns, in which the processor's
// core serves its other thread. It is for loops that wait for another thread. Where
// there is no assembly it does nothing.
func Pause(n int) { pause(n) }
