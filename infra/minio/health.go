// Command minio-health answers the container's health check: the image holds no shell and no HTTP client.
package main

import (
	"net/http"
	"os"
	"time"
)

func main() {
	client := http.Client{Timeout: 4 * time.Second}
	response, err := client.Get("http://127.0.0.1:9000/minio/health/ready")
	if err != nil || response.StatusCode != http.StatusOK {
		os.Exit(1)
	}
}
