package main

import (
	"fmt"
	"slices"
)

// aimConnections is the number of connections that the aims speak of.
const aimConnections = 64

// aim is a value that a run should reach.
type aim struct {
	name  string
	value float64
	least float64 // at least this much, if not zero
	below float64 // less than this, if not zero
	most  float64 // at most this, if not zero
	unit  string
}

func (a aim) met() bool {
	return a.value >= a.least && (a.below == 0 || a.value < a.below) && (a.most == 0 || a.value <= a.most)
}

// String is a line like "create ratio at 64 connections: 0.24 (aim: at least 0.20) ok".
func (a aim) String() string {
	bound := fmt.Sprintf("at least %.2f%s", a.least, a.unit)
	switch {
	case a.below > 0:
		bound = fmt.Sprintf("below %.0f%s", a.below, a.unit)
	case a.most > 0:
		bound = fmt.Sprintf("at most %.2f%s", a.most, a.unit)
	}
	verdict := "ok"
	if !a.met() {
		verdict = "**missed**"
	}
	return fmt.Sprintf("%s: %.2f%s (aim: %s) %s", a.name, a.value, a.unit, bound, verdict)
}

// aims judges what the run has measured.
func (r *report) aims() []aim {
	var all []aim
	for _, o := range r.operations {
		if !slices.Contains(r.connections, aimConnections) {
			continue
		}
		c := cell{o.name, aimConnections, tenantryName}
		at := fmt.Sprintf("at %d connections", aimConnections)
		all = append(all, aim{name: o.name + " ratio " + at, value: median(r.ratios(o, aimConnections)), least: o.aim})
		if o.name == create.name {
			all = append(all, aim{
				name:  o.name + " p99 " + at,
				value: r.median(c, func(m measurement) float64 { return m.p99.Seconds() * 1e3 }),
				below: 40,
				unit:  " ms",
			})
		}
	}
	if r.knownBearer != nil {
		all = append(all, aim{name: "known bearer token", value: r.bearer().Seconds() * 1e6, below: 2, unit: " µs"})
	}
	if r.overloaded {
		all = append(all, r.overloadAims()...)
	}
	return append(all,
		aim{name: "resident memory when idle", value: r.idleMemory() / 1e6, below: 40, unit: " MB"},
		aim{name: "binary", value: float64(r.binarySize) / 1e6, below: 30, unit: " MB"},
	)
}

// missed counts the aims that were not met.
func missed(aims []aim) int {
	n := 0
	for _, a := range aims {
		if !a.met() {
			n++
		}
	}
	return n
}
