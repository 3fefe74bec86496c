package admin

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// backupPatience is how long a client may take to read what was sent to it last. While a backup is under way the store's log grows.
const backupPatience = time.Minute

// Backup hands over the store as it is at one moment.
type Backup func(ctx context.Context, to func(size int64) (io.Writer, error)) error

// getBackup answers the whole store, as a file. Who gets it has all but the root key: it is the admin key's, as all here.
func (h *Handler) getBackup(w http.ResponseWriter, r *http.Request) error {
	patient := &patientWriter{w: w, control: http.NewResponseController(w)}
	buffered := bufio.NewWriterSize(patient, 256<<10)
	err := h.Backup(r.Context(), func(size int64) (io.Writer, error) {
		w.Header()["Content-Type"] = []string{"application/vnd.sqlite3"}
		w.Header()["Content-Length"] = []string{strconv.FormatInt(size, 10)}
		return buffered, nil
	})
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		h.Logger.InfoContext(r.Context(), "backup taken by the admin key")
		return nil
	}
	if patient.begun {
		h.Logger.ErrorContext(r.Context(), "backup broken off", "err", err)
		panic(http.ErrAbortHandler) // to cut it off is the only way to say so
	}
	delete(w.Header(), "Content-Length")
	return err
}

// patientWriter lets each part of an answer take its time.
type patientWriter struct {
	w       io.Writer
	control *http.ResponseController
	begun   bool
}

// Write implements [io.Writer].
func (p *patientWriter) Write(part []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(backupPatience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	p.begun = true
	return p.w.Write(part)
}
