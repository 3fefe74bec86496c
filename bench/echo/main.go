// Command echo is the ceiling that the bench measures against: net/http with the decoder and the wire structs
// of the server, and nothing behind them. It decodes a create request and encodes a canned customer; it answers
// a read with canned bytes.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"log"
	"net"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/partnercenter"
)

var (
	//go:embed created.json
	createdText []byte

	//go:embed customer.json
	customerText []byte
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("echo: ")
	handler, err := newHandler()
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, handler))
}

func newHandler() (http.Handler, error) {
	var created partnercenter.Customer
	if err := json.Unmarshal(createdText, &created); err != nil {
		return nil, err
	}
	customer := jsontext.Value(bytes.Clone(customerText))
	if err := customer.Compact(); err != nil {
		return nil, err
	}

	lenient := json.JoinOptions(json.MatchCaseInsensitiveNames(true), jsontext.AllowDuplicateNames(true))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/customers", func(w http.ResponseWriter, r *http.Request) {
		var body partnercenter.Customer
		if err := json.UnmarshalRead(r.Body, &body, lenient); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		text, err := json.Marshal(&created)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, r, http.StatusCreated, text)
	})
	mux.HandleFunc("GET /v1/customers/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, http.StatusOK, customer)
	})
	return mux, nil
}

// answer sends JSON with the headers of the documented example.
func answer(w http.ResponseWriter, r *http.Request, status int, text []byte) {
	h := w.Header()
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("MS-CorrelationId", r.Header.Get("MS-CorrelationId"))
	h.Set("MS-RequestId", r.Header.Get("MS-RequestId"))
	h.Set("MS-CV", "ObwhuhD2tUKJoM+Z.0")
	h.Set("MS-ServerId", "202010223")
	w.WriteHeader(status)
	w.Write(text)
}
