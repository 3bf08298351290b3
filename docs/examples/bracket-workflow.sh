#!/bin/sh
# A bracket from preview to end, safe to run again: each command has a key of the day, and one key is carried out once.
# Exit code 4 means that the answer did not come in time: the same words with the same key ask again.
set -eu
symbol=AAPL
stop=225
target=240
key="bracket-$(date +%F)-$symbol"

ibkr-trader bracket-order --symbol $symbol --quantity 10 --stop-loss $stop --take-profit $target --preview

until ibkr-trader bracket-order --symbol $symbol --quantity 10 --stop-loss $stop --take-profit $target --key "$key"; do
  [ $? -eq 4 ] || exit 1
  sleep 1
done

ibkr-trader orders
ibkr-trader positions
ibkr-trader activity --limit 10
