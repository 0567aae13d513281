// Command gopenpgp opens and verifies what Aerie wrote, with an OpenPGP implementation that shares no code with it.
//
//	gopenpgp decrypt key < message > plaintext
//	gopenpgp verify [-known-notation name] signature cert < data
//
// It exits with 0 only on success and says on standard error what failed. gopenpgp itself understands no critical
// notation but its own; -known-notation therefore asks go-crypto, the library under it.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
	"github.com/ProtonMail/gopenpgp/v3/crypto"
	"github.com/ProtonMail/gopenpgp/v3/profile"
)

var pgp = crypto.PGPWithProfile(profile.RFC9580())

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "decrypt":
		return decrypt(args[1])
	case len(args) == 3 && args[0] == "verify":
		return verify(args[1], args[2])
	case len(args) == 5 && args[0] == "verify" && args[1] == "-known-notation":
		return verifyKnowing(args[2], args[3], args[4])
	}
	return errors.New("usage: decrypt key | verify [-known-notation name] signature cert")
}

func decrypt(keyFile string) error {
	key, err := readKey(keyFile)
	if err != nil {
		return err
	}
	handle, err := pgp.Decryption().DecryptionKey(key).New()
	if err != nil {
		return err
	}
	plaintext, err := handle.DecryptingReader(os.Stdin, crypto.Bytes)
	if err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, plaintext)
	return err
}

func verify(signatureFile, certFile string) error {
	cert, signature, data, err := readSigned(signatureFile, certFile)
	if err != nil {
		return err
	}
	handle, err := pgp.Verify().VerificationKey(cert).New()
	if err != nil {
		return err
	}
	result, err := handle.VerifyDetached(data, signature, crypto.Bytes)
	if err != nil {
		return err
	}
	return result.SignatureError()
}

func verifyKnowing(notation, signatureFile, certFile string) error {
	cert, signature, data, err := readSigned(signatureFile, certFile)
	if err != nil {
		return err
	}
	config := &packet.Config{KnownNotations: map[string]bool{notation: true}}
	certs := openpgp.EntityList{cert.GetEntity()}
	_, _, err = openpgp.VerifyDetachedSignature(certs, bytes.NewReader(data), bytes.NewReader(signature), config)
	return err
}

func readSigned(signatureFile, certFile string) (cert *crypto.Key, signature, data []byte, err error) {
	if cert, err = readKey(certFile); err != nil {
		return
	}
	if signature, err = os.ReadFile(signatureFile); err != nil {
		return
	}
	data, err = io.ReadAll(os.Stdin)
	return
}

func readKey(file string) (*crypto.Key, error) {
	octets, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return crypto.NewKeyFromReader(bytes.NewReader(octets))
}
