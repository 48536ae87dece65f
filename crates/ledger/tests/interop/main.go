// The other side of tests/interop.rs: Go's own code for notes and trees (golang.org/x/mod/sumdb, whose formats C2SP
// wrote down) judges what our crate makes, and makes what our crate judges. Questions come in as JSON, answers go out.
//
// Go's note package knows the signatures of logs only. How a cosignature is taken apart (C2SP tlog-cosignature) is
// written here, over the note package's own interface and the standard library's Ed25519.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Ask        string
	Keys       []string
	Witnesses  []string
	Note       string
	Proof      []tlog.Hash
	Index, Old int64
	Size       int64
	Leaf       tlog.Hash
	OldRoot    tlog.Hash
	Root       tlog.Hash
	Folder     string
	Entries    [][]byte
	Sizes      []int64
	Skey       string
	Vkey       string
}

type record struct {
	Index, Size int64
	Proof       []tlog.Hash
}

type growth struct {
	Old, New int64
	Proof    []tlog.Hash
}

type answer struct {
	Ok      bool
	Why     string   `json:",omitempty"`
	Names   []string `json:",omitempty"`
	Skey    string   `json:",omitempty"`
	Vkey    string   `json:",omitempty"`
	Notes   []string `json:",omitempty"`
	Roots   []tlog.Hash
	Records []record
	Growths []growth
}

// A witness's key: notes that it cosigned say when.
type witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.id }
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	signed := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", seconds)), text...)
	return ed25519.Verify(w.key, signed, signature[8:])
}

func newWitness(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("not a witness's key")
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	id := binary.BigEndian.Uint32(digest[:])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return nil, errors.New("not the key's id")
	}
	return witness{parts[0], id, key[1:]}, nil
}

func open(q question) (answer, error) {
	var known []note.Verifier
	for _, vkey := range q.Keys {
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return answer{}, err
		}
		known = append(known, v)
	}
	for _, vkey := range q.Witnesses {
		v, err := newWitness(vkey)
		if err != nil {
			return answer{}, err
		}
		known = append(known, v)
	}
	opened, err := note.Open([]byte(q.Note), note.VerifierList(known...))
	if err != nil {
		return answer{}, err
	}
	var a answer
	for _, signature := range opened.Sigs {
		a.Names = append(a.Names, signature.Name)
	}
	return a, nil
}

// Tiles in a folder, named as C2SP's tlog-tiles names them.
type folder string

func (f folder) Height() int                             { return 8 }
func (f folder) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// Proves the record from tiles, every one of which is checked against the root.
func fromTiles(q question) (answer, error) {
	reader := tlog.TileHashReader(tlog.Tree{N: q.Size, Hash: q.Root}, folder(q.Folder))
	proof, err := tlog.ProveRecord(q.Size, q.Index, reader)
	if err != nil {
		return answer{}, err
	}
	return answer{Records: []record{{q.Index, q.Size, proof}}}, tlog.CheckRecord(proof, q.Size, q.Root, q.Index, q.Leaf)
}

// A log of these entries, signed at each of these sizes.
func makeLog(q question) (a answer, err error) {
	a.Skey, a.Vkey = q.Skey, q.Vkey
	if a.Skey == "" {
		if a.Skey, a.Vkey, err = note.GenerateKey(rand.Reader, "foreign.example/log"); err != nil {
			return a, err
		}
	}
	signer, err := note.NewSigner(a.Skey)
	if err != nil {
		return a, err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n, entry := range q.Entries {
		more, err := tlog.StoredHashes(int64(n), entry, reader)
		if err != nil {
			return a, err
		}
		stored = append(stored, more...)
	}
	for place, size := range q.Sizes {
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return a, err
		}
		text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, root)
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return a, err
		}
		a.Notes, a.Roots = append(a.Notes, string(signed)), append(a.Roots, root)
		for index := int64(0); index < size; index += 1 + size/7 {
			proof, err := tlog.ProveRecord(size, index, reader)
			if err != nil {
				return a, err
			}
			a.Records = append(a.Records, record{index, size, proof})
		}
		for _, old := range q.Sizes[:place] {
			proof, err := tlog.ProveTree(size, old, reader)
			if err != nil {
				return a, err
			}
			a.Growths = append(a.Growths, growth{old, size, proof})
		}
	}
	return a, nil
}

func reply(q question) (answer, error) {
	switch q.Ask {
	case "open":
		return open(q)
	case "record":
		return answer{}, tlog.CheckRecord(q.Proof, q.Size, q.Root, q.Index, q.Leaf)
	case "growth":
		return answer{}, tlog.CheckTree(q.Proof, q.Size, q.Root, q.Old, q.OldRoot)
	case "tiles":
		return fromTiles(q)
	case "log":
		return makeLog(q)
	}
	return answer{}, errors.New("what is asked?")
}

func main() {
	var questions []question
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&questions); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	answers := make([]answer, len(questions))
	for place, q := range questions {
		a, err := reply(q)
		if a.Ok = err == nil; err != nil {
			a = answer{Why: err.Error()}
		}
		answers[place] = a
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Stdout.Write(out.Bytes())
}
