// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.PageViews.patiently;
import static dev.streampane.e2e.PageViews.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.TemporalUnitWithinOffset;
import org.openqa.selenium.Keys;

/** What people do with the page: drag, compare days, take the figures away, and all of it without a mouse. */
record PageUse(Rest api, Browser browser, Path downloads) {

    private static final String JOB = Feed.READINGS.job();
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant FROM = Load.START.minusSeconds(60);
    private static final Instant TO = Load.START.plusSeconds(300);
    private static final String CONTROLS = "a[href], button, input, select, summary";
    private static final int MOST_STEPS = 300;
    private static final int STEPS_AT_ONCE = 20;

    private static String history(Instant from, Instant to) {
        return "history?job=%s&spec=%s&key=device1&metric=avg_temp&from=%s&to=%s"
                .formatted(JOB, Rest.encoded(LoadedStack.RULE.spec()), from, to);
    }

    /** Windows of device1 in a range, as their averages by id. */
    private Map<String, String> averages(Instant from, Instant to) {
        return windows()
                .filter(window -> !start(window).isBefore(from) && start(window).isBefore(to))
                .collect(Collectors.toMap(
                        window -> window.path("id").asText(), PageUse::average, (one, other) -> one, TreeMap::new));
    }

    private Stream<JsonNode> windows() {
        return api.pages("/api/v1/windows?job=" + JOB + "&key=device1", 500).stream()
                .filter(PageViews::isShown);
    }

    private static String average(JsonNode window) {
        return window.at("/values/avg_temp").decimalValue().toPlainString();
    }

    /** Until there is the chart of a range that begins then. */
    private void awaitChart(Instant from) {
        patiently().until(() -> browser.<Boolean>js("""
                const chart = Chart.getChart(document.querySelector('.chart canvas'));
                return chart.data.datasets.length > 0 && chart.scales.x.min === arguments[0];
                """, from.toEpochMilli()));
    }

    /** What lies between where the pointer goes down and where it comes up, to a pixel. */
    void zoomsByDragging() {
        browser.go(history(FROM, TO));
        awaitChart(FROM);
        Instant first = Load.START.plusSeconds(40);
        Instant last = Load.START.plusSeconds(120);
        List<Number> places = browser.js("""
                const chart = Chart.getChart(document.querySelector('.chart canvas'));
                chart.canvas.scrollIntoView({block: 'center'});
                const box = chart.canvas.getBoundingClientRect();
                const x = time => Math.round(box.left + chart.scales.x.getPixelForValue(time));
                return [x(arguments[0]), x(arguments[1]), Math.round(box.top + chart.chartArea.top + 40),
                  (chart.scales.x.max - chart.scales.x.min) / chart.chartArea.width];
                """, first.toEpochMilli(), last.toEpochMilli());
        // When
        browser.drag(
                places.get(0).intValue(),
                places.get(1).intValue(),
                places.get(2).intValue());
        // Then
        patiently().until(() -> !browser.parameter("from").equals(FROM.toString()));
        Instant from = Instant.parse(browser.parameter("from"));
        Instant to = Instant.parse(browser.parameter("to"));
        TemporalUnitWithinOffset pixel =
                new TemporalUnitWithinOffset(places.get(3).longValue() + 1, java.time.temporal.ChronoUnit.MILLIS);
        assertThat(from).isCloseTo(first, pixel);
        assertThat(to).isCloseTo(last, pixel);
        patiently().untilAsserted(() -> assertThat(browser.attributes(".points tbody tr", "data-id"))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(averages(from, to).keySet()));
        browser.js("history.back()");
        patiently().until(() -> browser.parameter("from").equals(FROM.toString()));
    }

    /** Every window behind the chart, with all its digits. */
    void givesWhatIsShownAsCsv() throws IOException {
        browser.go(history(FROM, TO));
        Map<String, String> expected = averages(FROM, TO);
        patiently()
                .until(() -> browser.attributes(".points tbody tr", "data-id").size() == expected.size());
        browser.downloadTo(downloads);
        // When
        browser.button("CSV").click();
        // Then
        Path file = downloads.resolve(JOB + "-device1.csv");
        patiently().until(() -> Files.exists(file));
        List<List<String>> lines = Files.readAllLines(file).stream()
                .map(line -> Arrays.asList(line.split(",", -1)))
                .toList();
        assertThat(lines.get(0)).contains("avg_temp").endsWith("complete", "generation");
        int average = lines.get(0).indexOf("avg_temp");
        int complete = lines.get(0).size() - 2;
        assertThat(lines.stream()
                        .skip(1)
                        .map(line ->
                                List.of(line.get(0), line.get(average), line.get(complete), line.get(complete + 1))))
                .containsExactlyInAnyOrderElementsOf(windows()
                        .filter(window -> expected.containsKey(window.path("id").asText()))
                        .map(window -> List.of(
                                window.path("id").asText(),
                                average(window),
                                window.path("complete").asText(),
                                window.path("generation").asText()))
                        .toList());
    }

    /** A day later the same hour is drawn again, a day on. */
    void laysTheDayBeforeOver() throws IOException {
        browser.go(history(FROM.plus(DAY), TO.plus(DAY)));
        patiently().until(() -> !browser.texts(".state.empty").isEmpty());
        assertThat(browser.violations()).as("empty").isEmpty();
        browser.click(".check input");
        patiently().until(() -> browser.parameter("overlay").equals("1"));
        awaitChart(FROM.plus(DAY));
        assertThat(browser.violations()).as("the day before").isEmpty();
        assertThat(new PageDrawings(api, browser).points("device1, day before"))
                .containsExactlyInAnyOrderElementsOf(windows()
                        .filter(window ->
                                !start(window).isBefore(FROM) && start(window).isBefore(TO))
                        .map(window -> List.of(
                                (double) start(window).plus(DAY).toEpochMilli(),
                                window.at("/values/avg_temp").asDouble()))
                        .toList());
        patiently().untilAsserted(() -> assertThat(browser.attributes(".points tbody tr", "data-id"))
                .containsExactlyInAnyOrderElementsOf(averages(FROM, TO).keySet()));
        assertThat(browser.rows(".points"))
                .allSatisfy(row -> assertThat(row.get(1)).isEqualTo("device1, day before"));
        savesTheDayBefore();
    }

    private void savesTheDayBefore() throws IOException {
        Path file = downloads.resolve(JOB + "-device1.csv");
        Files.deleteIfExists(file);
        browser.downloadTo(downloads);
        browser.button("CSV").click();
        patiently().until(() -> Files.exists(file));
        assertThat(Files.readAllLines(file).stream().skip(1).map(line -> line.split(",")[0]))
                .containsExactlyInAnyOrderElementsOf(averages(FROM, TO).keySet());
    }

    /** Each control is reached by tabs alone, shows that it is, and does by a key what it does by a click. */
    void isUsedByKeysAlone() {
        browser.load("now");
        patiently().until(() -> !browser.texts(".card").isEmpty());
        browser.press(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("Skip to the results");
        browser.press(Keys.ENTER);
        assertThat(browser.<String>js("return document.activeElement.id")).isEqualTo("view");
        for (String view : List.of("Alerts", "History", "Words", "Audit", "Health")) {
            browser.load("now");
            tabTo(view);
            browser.press(Keys.ENTER);
            patiently().until(browser::view, view.toLowerCase(java.util.Locale.ROOT)::equals);
            patiently().until(() -> browser.texts("main .loading").isEmpty());
            assertThat(notReached()).as(view).isEmpty();
        }
        for (Map.Entry<String, String> view : Map.of("now?filter=device1", ".card", "late?job=" + JOB, ".record")
                .entrySet()) {
            browser.load(view.getKey());
            patiently().until(() -> !browser.texts(view.getValue()).isEmpty());
            assertThat(notReached()).as(view.getKey()).isEmpty();
        }
        browser.go("alerts");
        patiently().until(() -> !browser.texts(".alert summary").isEmpty());
        boolean open = browser.js("return document.querySelector('.alert details').open");
        browser.js("document.querySelector('#views a:last-of-type').focus()");
        tabTo(browser.texts(".alert summary").get(0));
        browser.press(Keys.ENTER);
        assertThat(browser.<Boolean>js("return document.querySelector('.alert details').open"))
                .isNotEqualTo(open);
        explainsByKeysAlone();
    }

    private void explainsByKeysAlone() {
        browser.load("window?id="
                + Rest.encoded(windows().findFirst().orElseThrow().path("id").asText()));
        patiently().until(() -> !browser.texts("button.main").isEmpty());
        tabTo("Explain");
        browser.press(Keys.ENTER);
        patiently().until(() -> !browser.attributes("[data-verdict]", "data-verdict")
                .isEmpty());
        assertThat(notReached()).as("a window").isEmpty();
    }

    private void tabTo(String text) {
        for (int step = 0; step < MOST_STEPS; step++) {
            if (browser.focused().strip().startsWith(text.strip())) {
                return;
            }
            browser.press(Keys.TAB);
        }
        throw new AssertionError("no tab leads to " + text);
    }

    /** The controls that tabs do not lead to, or that do not show it; some, as those of dates, take several tabs. */
    private List<String> notReached() {
        browser.js("""
                // views make them anew, with other offsets in their links; some are alike
                globalThis.idOf = e => e.id
                    || e.outerHTML + [...document.querySelectorAll(e.localName)].filter(o => o.outerHTML === e.outerHTML).indexOf(e);
                globalThis.reached = new Set();
                addEventListener('keyup', () => {
                  const focused = document.activeElement;
                  if (getComputedStyle(focused).outlineStyle !== 'none') {
                    reached.add(idOf(focused));
                  }
                });
                """);
        String tabs = Keys.TAB.toString().repeat(STEPS_AT_ONCE);
        List<String> left;
        int steps = 0;
        do {
            browser.press(tabs);
            steps += STEPS_AT_ONCE;
            left = browser.js("""
                    return [...document.querySelectorAll(arguments[0])]
                      .filter(e => e.checkVisibility() && !reached.has(idOf(e))).map(e => e.outerHTML);
                    """, CONTROLS);
        } while (!left.isEmpty() && steps < MOST_STEPS);
        return left;
    }
}
