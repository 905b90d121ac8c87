// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.local.control.Progress;
import dev.streampane.local.server.Http;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What the user sees of a running stack. Thread-safe.
 *
 * <p>On a terminal the last line is live: a spinner with the steps under way, later the status. Otherwise there are plain lines only, and a
 * status every ten seconds. In JSON style, each event is one object on a line of its own.
 */
public final class Console implements Progress, AutoCloseable {

    /** The format of the output. */
    public enum Style {
        /** A terminal whose user wants colours. */
        COLOURED,
        TERMINAL,
        PLAIN,
        JSON
    }

    private static final String CLEAR_LINE = "\r\033[K";
    private static final int GREEN = 32;
    private static final int YELLOW = 33;
    private static final String SPINNER = "|/-\\";
    private static final Duration FRAME = Duration.ofMillis(120);
    private static final Duration PLAIN_STATUS_INTERVAL = Duration.ofSeconds(10);

    private final PrintStream out;
    private final Style style;
    private final int columns;
    private final BooleanSupplier gone;
    private final Map<String, Instant> running = new LinkedHashMap<>();
    private final Thread painter;
    private String status = "";
    private int frame;

    /**
     * @param columns width of the terminal; the live line is cut to it
     */
    public Console(PrintStream out, Style style, int columns) {
        this(out, style, columns, out::checkError);
    }

    /**
     * @param columns width of the terminal; the live line is cut to it
     * @param gone says whether the reader of the output has gone
     */
    public Console(PrintStream out, Style style, int columns, BooleanSupplier gone) {
        this.out = out;
        this.style = style;
        this.columns = columns;
        this.gone = gone;
        this.painter = new Thread(this::paint, "screen");
        if (isTerminal()) {
            painter.setDaemon(true);
            painter.start();
        }
    }

    /** A step begins. */
    @Override
    public synchronized void begin(String step) {
        running.put(step, Instant.now());
        if (style == Style.JSON) {
            print(event("begin").put("step", step));
        }
        refresh();
    }

    /** A step has ended well: one line with its time. */
    @Override
    public synchronized void end(String step, String detail) {
        double seconds = seconds(running.remove(step));
        if (style == Style.JSON) {
            print(event("step").put("step", step).put("seconds", seconds).put("detail", detail));
        } else {
            line(String.format(Locale.ROOT, "  %-22s %5.1f s  %s", step, seconds, detail));
        }
    }

    /** A step has failed; the code that handles the failure reports the reason. */
    @Override
    public synchronized void fail(String step) {
        running.remove(step);
        refresh();
    }

    /** Something that the user should read, such as a restart. */
    @Override
    public synchronized void say(String event, String subject, String text) {
        if (style == Style.JSON) {
            print(event(event).put("subject", subject).put("text", text));
        } else {
            line(subject.isEmpty() ? text : coloured(hasColours(), YELLOW, subject + ": ") + text);
        }
    }

    /** The stack is ready. */
    public synchronized void ready(Duration took, Map<String, String> urls) {
        double seconds = took.toMillis() / 1000.0;
        if (style == Style.JSON) {
            print(event("ready").put("seconds", seconds).set("urls", Http.JSON.valueToTree(urls)));
            return;
        }
        line("");
        line(coloured(hasColours(), GREEN, String.format(Locale.ROOT, "ready in %.1f s", seconds)));
        urls.forEach((name, url) -> line(String.format("  %-22s %s", name, url)));
        line("");
    }

    /** The newest status. */
    public synchronized void status(String text, Map<String, Object> values) {
        switch (style) {
            case COLOURED, TERMINAL -> {
                status = text;
                refresh();
            }
            case JSON -> print(event("status").setAll(Http.JSON.<ObjectNode>valueToTree(values)));
            case PLAIN -> line(text);
        }
    }

    /** Removes the status. */
    synchronized void clearStatus() {
        status = "";
    }

    /** How often the status is to be refreshed. */
    Duration statusInterval() {
        return isTerminal() ? Duration.ofSeconds(1) : PLAIN_STATUS_INTERVAL;
    }

    /** Whether the reader of the output has gone. */
    public synchronized boolean isGone() {
        return gone.getAsBoolean();
    }

    /** Clears the live line for good. */
    @Override
    public synchronized void close() {
        painter.interrupt();
        status = "";
        running.clear();
        if (isTerminal()) {
            out.print(CLEAR_LINE);
        }
        out.flush();
    }

    private boolean isTerminal() {
        return style == Style.COLOURED || style == Style.TERMINAL;
    }

    private boolean hasColours() {
        return style == Style.COLOURED;
    }

    /** The text in a colour of the terminal; unchanged where there are no colours. */
    public static String coloured(boolean hasColours, int colour, String text) {
        return hasColours ? "\033[" + colour + "m" + text + "\033[0m" : text;
    }

    private void line(String text) {
        if (isTerminal()) {
            out.print(CLEAR_LINE);
        }
        out.println(text);
        refresh();
        out.flush();
    }

    private static ObjectNode event(String name) {
        return Http.JSON
                .createObjectNode()
                .put("event", name)
                .put("time", Instant.now().toString());
    }

    private void print(JsonNode event) {
        out.println(event);
        out.flush();
    }

    private void paint() {
        while (!Thread.currentThread().isInterrupted()) {
            synchronized (this) {
                frame++;
                if (!running.isEmpty()) {
                    refresh();
                }
            }
            LockSupport.parkNanos(FRAME.toNanos());
        }
    }

    private void refresh() {
        if (!isTerminal()) {
            return;
        }
        String live = status;
        if (!running.isEmpty()) {
            List<String> steps = new ArrayList<>();
            running.forEach((step, since) -> steps.add(String.format(Locale.ROOT, "%s %.0f s", step, seconds(since))));
            live = SPINNER.charAt(frame % SPINNER.length()) + " " + String.join(", ", steps);
        }
        out.print(CLEAR_LINE + live.substring(0, Math.min(live.length(), columns - 1)));
        out.flush();
    }

    private static double seconds(Instant since) {
        return since == null ? 0 : Duration.between(since, Instant.now()).toMillis() / 1000.0;
    }
}
