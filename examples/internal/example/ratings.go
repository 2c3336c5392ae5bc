package example

import (
	"math"
	"math/rand/v2"

	"adjoint/data"
)

// Ratings returns made-up ratings of films by so many users: who rates, what the film is
// like, how many stars it gets, and whether it is liked, which is the label. Each user has a
// taste of his own, which the rows do not tell.
func Ratings(users, rows int) *data.Dataset {
	r := rand.New(rand.NewPCG(7, 0))
	tastes := make([][4]float64, users)
	for i := range tastes {
		for k := range tastes[i] {
			tastes[i][k] = r.NormFloat64()
		}
	}
	d := &data.Dataset{
		Features: []string{"user", "action", "humour", "length", "year", "stars"},
		Classes:  []string{"no", "yes"}, Target: "liked", Source: "ratings",
	}
	for range rows {
		user, z := r.IntN(users), 0.0
		d.X = append(d.X, float64(user))
		for _, t := range tastes[user] {
			x := r.NormFloat64()
			d.X, z = append(d.X, x), z+t*x
		}
		stars := 3 + 1.5*math.Tanh(z) + 0.3*r.NormFloat64()
		liked := 0.0
		if stars > 3 {
			liked = 1
		}
		d.X, d.Y = append(d.X, stars), append(d.Y, liked)
	}
	return d
}
