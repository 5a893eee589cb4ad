package metrics

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A registry holds the series of a client. Finding a series takes no lock and allocates nothing; making one takes mu.
//
// The table is an open-addressed hash table of pointers that are only ever added. A reader that meets a table which is
// being replaced may miss a series; it then asks again under mu, where nothing is missed.
type registry struct {
	seed  maphash.Seed
	table atomic.Pointer[[]atomic.Pointer[series]]

	mu       sync.Mutex
	all      []*series // in order of creation
	families map[string]*family
	closed   bool
}

func newRegistry() *registry {
	r := &registry{seed: maphash.MakeSeed(), families: map[string]*family{}}
	table := make([]atomic.Pointer[series], 64)
	r.table.Store(&table)
	return r
}

// hash does not depend on the order in which a map hands out its labels.
func (r *registry) hash(name string, labels Labels) uint64 {
	h := maphash.String(r.seed, name)
	for label, value := range labels {
		if value == "" {
			continue
		}
		pair := maphash.String(r.seed, label)*0x9e3779b97f4a7c15 + maphash.String(r.seed, value)
		h += (pair ^ pair>>32) * 0xd6e8feb86659fd93
	}
	return h
}

// find returns nil where the series is not there, or cannot be seen yet.
func (r *registry) find(hash uint64, name string, labels Labels) *series {
	table := *r.table.Load()
	mask := uint64(len(table) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := table[i].Load()
		if s == nil || s.hash == hash && s.is(name, labels) {
			return s
		}
	}
}

// family returns that of a name, which it makes where there is none. Under mu.
func (r *registry) family(name string) *family {
	f := r.families[name]
	if f == nil {
		f = &family{name: strings.Clone(name)}
		r.families[f.name] = f
	}
	return f
}

// add puts a new series into the table, of which at most three quarters are used. Under mu.
func (r *registry) add(s *series) {
	r.all = append(r.all, s)
	table := *r.table.Load()
	if len(r.all)*4 <= len(table)*3 {
		place(table, s)
		return
	}
	larger := make([]atomic.Pointer[series], 2*len(table))
	for _, one := range r.all {
		place(larger, one)
	}
	r.table.Store(&larger)
}

func place(table []atomic.Pointer[series], s *series) {
	mask := uint64(len(table) - 1)
	i := s.hash & mask
	for table[i].Load() != nil {
		i = (i + 1) & mask
	}
	table[i].Store(s)
}

// snapshot returns the series that there are, in order of creation.
func (r *registry) snapshot() []*series {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all[:len(r.all):len(r.all)]
}

func (r *registry) isClosed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closed
}

// close lets no series be made any more, and each refuse what is recorded from now on. It returns those of them that
// had changed.
func (r *registry) close() map[*series]bool {
	r.mu.Lock()
	r.closed = true
	all := slices.Clone(r.all)
	r.mu.Unlock()
	last := map[*series]bool{}
	for _, s := range all {
		if s.state.Swap(refusing) == changed {
			last[s] = true
		}
	}
	return last
}
