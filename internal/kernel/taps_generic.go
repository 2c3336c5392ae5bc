//go:build (!amd64 && !arm64) || noasm

package kernel

// There is no assembly that adds up taps.

type tapVectors struct{}

// PanelColumns is 0: B cannot be in panels.
func PanelColumns[T Float]() int { return 0 }

func (q *BoundTaps[T]) prepare() (tapVectors, []tapPlan) { return tapVectors{}, planTaps[T](&q.p) }

func (q *BoundTaps[T]) doVectors(strips) bool { return false }
