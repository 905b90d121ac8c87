// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live;

import dev.streampane.results.tail.Tail;
import dev.streampane.results.tail.TailEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stream that sends the last windows per series, and then what comes behind them. */
final class Snapshotting implements Stage {

    private final int windows;
    private Optional<Tail.Cut> cut = Optional.empty();
    private int sent;

    Snapshotting(int windows) {
        this.windows = windows;
    }

    @Override
    public Stage go(StreamClient client, Turn turn) {
        if (cut.isEmpty()) {
            cut = Optional.of(client.cut(windows));
        }
        List<TailEntry> entries = cut.get().entries();
        while (sent < entries.size()) {
            if (client.full()) {
                return this;
            }
            List<Frame> frames = new ArrayList<>();
            for (int bytes = 0; bytes < Turn.RUN_BYTES && sent < entries.size(); sent++) {
                TailEntry entry = entries.get(sent);
                frames.add(new Frame(entry, Optional.empty()));
                bytes += entry.json().length;
            }
            client.sendRows(frames);
        }
        String place = cut.get().place().position().toString();
        client.event(
                "snapshot-end",
                Optional.of(place),
                Map.of("position", place, "windows", sent, "partial", false));
        return new Walking(client.tail(), cut.get().place(), false);
    }

    @Override
    public Optional<String> place() {
        return Optional.empty();
    }
}
