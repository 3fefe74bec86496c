// Package webhook sends events to the partners' webhooks: signed, again where they were not taken, and also after a restart.
// What is to be sent, where and when stands in the store; this package only sends.
package webhook
