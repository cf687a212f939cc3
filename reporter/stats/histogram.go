package stats

import (
	"fmt"
	"iter"
	"sort"
)

// A Histogram counts waits in buckets, so that days add up to weeks and no report
// has to read a wait twice. Any value taken from it is within 1 % of the exact one.
// The zero value is empty.
//
// Buckets are numbered from 0 and never change, since their numbers are stored:
// bucket v holds exactly v seconds for v up to 256, each further one ends 1.6 %
// above where it begins. The last ends beyond a century; longer waits are put into it.
type Histogram struct{ counts []int64 }

const exactBuckets = 257 // 0 to 256 seconds

// bucketStarts are the first whole second of each bucket. Integers only, so that
// every machine makes the same.
var bucketStarts = func() []int64 {
	var starts []int64
	for v := int64(0); v < exactBuckets; v++ {
		starts = append(starts, v)
	}
	for v := int64(exactBuckets); v < 110*366*24*60*60; v += v*16/1000 + 1 {
		starts = append(starts, v)
	}
	return starts
}()

// Bucket is the number of the bucket that a wait belongs in. A negative wait, which
// there cannot be, counts as none at all.
func Bucket(seconds int64) int {
	if seconds < exactBuckets {
		return int(max(0, seconds))
	}
	return exactBuckets - 1 + sort.Search(len(bucketStarts)-exactBuckets, func(i int) bool {
		return bucketStarts[exactBuckets+i] > seconds
	})
}

// bucketValue stands for all waits of a bucket: of those within, it keeps the
// greatest relative error smallest.
func bucketValue(bucket int) int64 {
	lo := bucketStarts[bucket]
	if bucket < exactBuckets || bucket == len(bucketStarts)-1 {
		return lo
	}
	hi := bucketStarts[bucket+1] - 1
	return lo + (lo*(hi-lo)+(lo+hi)/2)/(lo+hi)
}

// AddBucket adds n waits to a bucket, as stored. It refuses what was never stored.
func (h *Histogram) AddBucket(bucket int, n int64) error {
	if bucket < 0 || bucket >= len(bucketStarts) || n < 0 {
		return fmt.Errorf("histogram: %d waits in bucket %d: buckets are 0 to %d, counts not negative; roll up the day again",
			n, bucket, len(bucketStarts)-1)
	}
	h.grow(bucket)
	h.counts[bucket] += n
	return nil
}

// All yields the buckets that are not empty, in order, with their counts.
func (h Histogram) All() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for bucket, n := range h.counts {
			if n > 0 && !yield(bucket, n) {
				return
			}
		}
	}
}

// Sample is the waits that the histogram stands for.
func (h Histogram) Sample() Sample {
	var s Sample
	for bucket, n := range h.All() {
		s.add(bucketValue(bucket), n)
	}
	return s
}

func (h *Histogram) grow(bucket int) {
	if missing := bucket + 1 - len(h.counts); missing > 0 {
		h.counts = append(h.counts, make([]int64, missing)...)
	}
}
