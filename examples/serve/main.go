// Serve answers over HTTP what a model says of rows of numbers: one that was saved,
// or a logistic regression that it trains first. It logs each request, and ends in
// good order on SIGINT and SIGTERM.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/serve"
	"adjoint/store"
)

func main() {
	set := example.Flags(10)
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen; port 0 is any that is free")
	load := flag.String("load", "", "a file with a saved model (default: train a logistic regression)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	var m models.Model
	if *load != "" {
		m = example.Must(store.Load(*load))
	} else {
		m = &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
		example.Must(m.Fit(ctx, set.Load(), models.FitOptions{}))
	}

	l := example.Must(net.Listen("tcp", *addr))
	url := "http://" + l.Addr().String()
	fmt.Printf("serving on %s, until Ctrl-C\ncurl %s/model\n", url, url)
	fmt.Printf("curl -H 'Content-Type: application/json' -d '{\"row\": [%s]}' %s/predict\n", average(m), url)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	h := serve.Handler(m, serve.Options{Served: serve.LogTo(slog.Default())})
	example.Check(serve.Run(ctx, serve.Server(*addr, h), l, 10*time.Second))
	fmt.Println("stopped")
}

// average is a row to ask about: the means of the features, where the model keeps
// them to standardise, else zeros.
func average(m models.Model) string {
	row := make([]float64, len(m.Features()))
	if s := m.Scaler(); s != nil {
		row = s.Mean
	}
	text := make([]string, len(row))
	for i, x := range row {
		text[i] = strconv.FormatFloat(x, 'g', 4, 64)
	}
	return strings.Join(text, ", ")
}
