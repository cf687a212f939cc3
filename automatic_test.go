package odzew

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAutomaticBy(t *testing.T) {
	for _, tt := range []struct {
		header string // fields, separated by |
		want   string
	}{
		{"", ""},
		{"Auto-Submitted: no", ""},
		{"Auto-Submitted: NO; owner-email=a@b.example", ""},
		{"Auto-Submitted:", ""},
		{"Auto-Submitted: auto-replied", "Auto-Submitted: auto-replied"},
		{"auto-submitted: auto-generated; x=y", "Auto-Submitted: auto-generated; x=y"},
		{"AUTO-SUBMITTED: Auto-Notified", "Auto-Submitted: Auto-Notified"},
		{"X-Autoreply: yes", "X-Autoreply: yes"},
		{"X-Autoreply: no", ""},
		{"X-Autorespond: Urlop", "X-Autorespond: Urlop"},
		{"X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: All"},
		{"X-Auto-Response-Suppress: DR, OOF, AutoReply", "X-Auto-Response-Suppress: DR, OOF, AutoReply"},
		{"X-Auto-Response-Suppress: None", ""},
		{"Precedence: bulk", "Precedence: bulk"},
		{"Precedence: auto_reply", "Precedence: auto_reply"},
		{"Precedence: auto-reply", "Precedence: auto-reply"},
		{"Precedence: list", "Precedence: list"},
		{"Precedence: junk", "Precedence: junk"},
		{"Precedence: first-class", ""},
		{"List-Id: <klub.sklep.example>", "List-Id: <klub.sklep.example>"},
		{"List-Id: <pomoc.firma.example>|Precedence: list|X-Google-Group-Id: 12345", ""},
		{"Precedence: bulk|X-Google-Group-Id: 12345", "Precedence: bulk"},
		{"List-Unsubscribe: <mailto:u@sklep.example>", ""},
		{"Feedback-ID: 1:2:ses", ""},
		{"Feedback-ID: 1:2:ses|List-Unsubscribe: <mailto:u@sklep.example>", "Feedback-Id: 1:2:ses"},
		{"List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"},
		{"X-Campaign: wiosna", "X-Campaign: wiosna"},
		{"X-Failed-Recipients: a@b.example", "X-Failed-Recipients: a@b.example"},
		{"Return-Path: <>", "Return-Path: <>"},
		{"Return-Path: <jan@klient.example>", ""},
		{"Content-Type: multipart/report; report-type=delivery-status", "Content-Type: multipart/report; report-type=delivery-status"},
		{"Content-Type: text/plain; charset=utf-8", ""},
		{"From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>", "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>"},
		{"Subject: Automatyczna odpowiedź: Zwrot", "Subject: Automatyczna odpowiedź: Zwrot"},
		{"Subject: Re: Automatyczna odpowiedź: Zwrot", ""},
		{"Subject: Out of Office: back on Monday", "Subject: Out of Office: back on Monday"},
	} {
		headers := map[string]string{}
		for field := range strings.SplitSeq(tt.header, "|") {
			if name, value, ok := strings.Cut(field, ":"); ok {
				headers[name] = value
			}
		}
		if got := AutomaticBy(headers); got != tt.want {
			t.Errorf("AutomaticBy(%q) = %q, want %q", tt.header, got, tt.want)
		}
	}
}

func TestAutomaticReasonIsShort(t *testing.T) {
	got := AutomaticBy(map[string]string{"List-Id": strings.Repeat("ż", 5000)})
	if len(got) > 120 || !utf8.ValidString(got) {
		t.Errorf("reason of %d bytes, valid UTF-8 %v", len(got), utf8.ValidString(got))
	}
}

func TestAutomaticHeader(t *testing.T) {
	for name, want := range map[string]bool{"auto-submitted": true, "PRECEDENCE": true, "x-google-group-id": true, "Subject": false, "Received": false} {
		if got := AutomaticHeader(name); got != want {
			t.Errorf("AutomaticHeader(%q) = %v, want %v", name, got, want)
		}
	}
}
