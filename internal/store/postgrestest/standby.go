package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Standby makes a copy of the cluster's files while it runs, and starts a server on them that follows the cluster and can be read
// from. It is a cluster like any other, and does not end with the one that it follows.
func (c *Cluster) Standby() (*Cluster, error) {
	dir, err := os.MkdirTemp("", "tenantry-postgres-")
	if err != nil {
		return nil, err
	}
	standby := &Cluster{
		Server:  Server{Name: c.Name + "-standby", URL: "postgres://tenantry@/postgres?host=" + url.QueryEscape(dir) + "&port=5432"},
		options: c.options,
		bin:     c.bin,
		dir:     dir,
	}
	standby.options.Settings = append([]string{
		"primary_conninfo=host=" + c.dir + " port=5432 user=tenantry", "wal_retrieve_retry_interval=100ms",
	}, c.options.Settings...)
	if err := c.copyTo(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("copy %s: %w", c.Name, err), os.RemoveAll(dir))
	}
	if err := standby.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return standby, nil
}

// copyTo is what pg_basebackup does, which is not everywhere where the server is.
func (c *Cluster) copyTo(dir string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL) // a copy begins and ends on one
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	if _, err := conn.Exec(ctx, "SELECT pg_backup_start('standby', fast => true)"); err != nil {
		return err
	}
	if err := runIn(dir, nil, "cp", "-R", "-p", filepath.Join(c.dir, "data"), dir); err != nil {
		return err
	}
	var label string
	if err := conn.QueryRow(ctx, "SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)").Scan(&label); err != nil {
		return err
	}
	return runIn(dir, strings.NewReader(label), "sh", "-c", "cd data && cat >backup_label && : >standby.signal && rm postmaster.pid")
}
