package main

import (
	"log"
	"os"

	"github.com/nats-io/nats.go"
)

// messageHub is what the program of the project's founding document, campaign_service.go, takes as given: the connection to the
// Message Hub. That program stands there character for character, as it is printed in the document.
var messageHub = connect()

func connect() *nats.Conn {
	url := os.Getenv("NATS_URL")
	if url == "" {
		url = nats.DefaultURL
	}
	connection, err := nats.Connect(url)
	if err != nil {
		log.Fatalf("campaign_service: %s: %v", url, err)
	}
	return connection
}
