//go:build !unix

package main

func brokenPipe(error) bool { return false }
