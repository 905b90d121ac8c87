// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parses server-sent events byte by byte, to the letter of the WHATWG standard: a stream begins with an empty last event id, and every
 * blank line sets the client's one, also when it dispatches no event.
 */
public final class EventParser {

    /** One dispatched event; {@code id} is the last event id at that time. */
    public record Event(String id, String name, String data) {}

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private String idBuffer = "";
    private String retry = "";
    private final List<String> comments = new ArrayList<>();
    private Optional<String> lastEventId = Optional.empty();
    private Optional<Event> event = Optional.empty();
    private boolean afterReturn;

    /** Takes the next byte; true when it ended a block. Then {@link #lastEventId} is set, and perhaps {@link #event}. */
    public boolean take(int next) {
        boolean second = afterReturn && next == '\n';
        afterReturn = next == '\r';
        if (second) {
            return false;
        }
        if (next != '\n' && next != '\r') {
            line.write(next);
            return false;
        }
        String whole = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (whole.isEmpty()) {
            dispatch();
            return true;
        }
        field(whole);
        return false;
    }

    /** What the newest blank line set; nothing before the first one. */
    public Optional<String> lastEventId() {
        return lastEventId;
    }

    /** The event that the newest blank line dispatched, if it did. */
    public Optional<Event> event() {
        return event;
    }

    /** How long a client is told to wait; empty while it was not. */
    public String retry() {
        return retry;
    }

    /** The comments so far. */
    public List<String> comments() {
        return comments;
    }

    private void dispatch() {
        lastEventId = Optional.of(idBuffer);
        event = data.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Event(idBuffer, name.isEmpty() ? "message" : name, data.substring(0, data.length() - 1)));
        name = "";
        data.setLength(0);
    }

    private void field(String whole) {
        int colon = whole.indexOf(':');
        String field = colon < 0 ? whole : whole.substring(0, colon);
        String value = colon < 0 ? "" : whole.substring(colon + 1);
        value = value.startsWith(" ") ? value.substring(1) : value;
        switch (field) {
            case "id" -> idBuffer = value.indexOf('\0') < 0 ? value : idBuffer;
            case "event" -> name = value;
            case "data" -> data.append(value).append('\n');
            case "" -> comments.add(whole);
            case "retry" -> retry = value;
            default -> throw new AssertionError("unknown field: " + whole);
        }
    }
}
