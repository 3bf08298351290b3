#!/bin/sh
# Five minutes before the close: protect what is naked, then close what must not stay overnight. Nothing is asked.
# `protect` ends with 1 where nothing is without protection; that is no failure here.
set -u
keep=AAPL
leave=TSLA

ibkr-trader protect $keep --trail-percent 2 --key "evening-$(date +%F)-$keep" || [ $? -eq 1 ]
ibkr-trader close $leave --timeout 30 --key "close-$(date +%F)-$leave" || [ $? -eq 1 ]
ibkr-trader positions
ibkr-trader alarms
