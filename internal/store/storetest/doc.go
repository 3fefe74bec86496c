// Package storetest says what a store is: one suite that every database has to pass.
package storetest
