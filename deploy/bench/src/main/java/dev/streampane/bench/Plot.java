// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A bar chart as SVG, in groups with an axis each. A bar shows a median; a line over its end shows minimum and maximum. The colours follow
 * the reader's light or dark colour scheme.
 */
final class Plot {

    private static final int WIDTH = 760;
    private static final int LABELS = 190;
    private static final int VALUES = 110;
    private static final int ROW = 24;
    private static final int HEAD = 34;
    private static final int AXIS = 30;
    private static final double MOST_TICKS = 6;

    private final StringBuilder body = new StringBuilder();
    private int y = 10;

    /**
     * Adds a group below the previous ones.
     *
     * @param title what the bars show, with the unit
     * @param bars by label, in this order
     */
    Plot group(String title, Map<String, Spread> bars) {
        double max = bars.values().stream().mapToDouble(Spread::max).max().orElse(1);
        double step = step(max);
        double scale = (WIDTH - LABELS - VALUES) / Math.max(max, step);
        text(10, y + 20, "head", title);
        y += HEAD;
        int bottom = y + bars.size() * ROW;
        for (double tick = 0; tick <= max; tick += step) {
            double x = LABELS + tick * scale;
            line("grid", x, y, x, bottom);
            text(x, bottom + 16, "tick", number(tick));
        }
        bars.forEach((label, spread) -> bar(label, spread, scale));
        y = bottom + AXIS;
        return this;
    }

    private void bar(String label, Spread spread, double scale) {
        double middle = y + ROW / 2.0;
        double end = LABELS + spread.max() * scale;
        text(LABELS - 8, middle + 4, "label", label);
        add(
                "<rect class='bar' x='%d' y='%.1f' width='%.1f' height='%d'/>",
                LABELS, y + 4.0, spread.median() * scale, ROW - 8);
        line("range", LABELS + spread.min() * scale, middle, end, middle);
        Stream.of(spread.min(), spread.max())
                .map(edge -> LABELS + edge * scale)
                .forEach(x -> line("range", x, middle - 4, x, middle + 4));
        text(end + 8, middle + 4, "value", number(spread.median()));
        y += ROW;
    }

    /** Distance of the ticks: 1, 2 or 5 times a power of ten, so that there are few ticks. */
    private static double step(double max) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(max, 1e-9) / MOST_TICKS)));
        return Stream.of(1, 2, 5, 10)
                .map(times -> times * power)
                .filter(step -> max / step <= MOST_TICKS)
                .findFirst()
                .orElse(10 * power);
    }

    private static String number(double value) {
        return String.format(
                Locale.ROOT, value == 0 ? "%.0f" : value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }

    private void line(String style, double x1, double y1, double x2, double y2) {
        add("<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", style, x1, y1, x2, y2);
    }

    private void text(double x, double baseline, String style, String text) {
        String escaped = text.replace("&", "&amp;").replace("<", "&lt;");
        add("<text class='%s' x='%.1f' y='%.1f'>%s</text>", style, x, baseline, escaped);
    }

    private void add(String format, Object... values) {
        body.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** The chart as SVG. */
    String svg() {
        return """
                <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %1$d %2$d' width='%1$d' height='%2$d'>
                <style>
                svg { --ink: #1f2328; --dim: #59636e; --grid: #d1d9e0; --bar: #54aeff; --back: #ffffff; }
                @media (prefers-color-scheme: dark) {
                  svg { --ink: #f0f6fc; --dim: #9198a1; --grid: #3d444d; --bar: #1f6feb; --back: #0d1117; }
                }
                text { font: 12px sans-serif; fill: var(--ink); }
                .head { font-weight: bold; font-size: 14px; }
                .label { text-anchor: end; }
                .tick { text-anchor: middle; fill: var(--dim); }
                .grid { stroke: var(--grid); }
                .range { stroke: var(--ink); }
                .bar { fill: var(--bar); }
                .back { fill: var(--back); }
                </style>
                <rect class='back' width='%1$d' height='%2$d'/>
                %3$s</svg>
                """.formatted(WIDTH, y, body);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, svg());
    }
}
