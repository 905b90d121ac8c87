// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.PageViews.patiently;
import static dev.streampane.e2e.PageViews.start;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.util.DoubleComparator;

/** Where points and bars are drawn is where what the API says has its place. */
record PageDrawings(Rest api, Browser browser) {

    private static final String SPEC = LoadedStack.RULE.spec();

    /** Lines are 120 by 30, with room for 3 above and below. */
    private static final double WIDTH = 120;

    private static final double FOOT = 27;
    private static final double HEIGHT = 24;

    /** The newest first. */
    private List<JsonNode> windows(Feed feed, String key) {
        return api.pages("/api/v1/windows?job=" + feed.job() + "&key=" + key, 500).stream()
                .filter(PageViews::isShown)
                .toList();
    }

    private static String card(Feed feed, String key) {
        return "[data-series='%s · %s · %s'] ".formatted(feed.job(), SPEC, key);
    }

    private static double value(JsonNode window, String name) {
        return window.path("values").path(name).asDouble();
    }

    /** Every point of a device's temperature and humidity, and of a client's payments. */
    void drawsTheLinesOfCards() {
        assertLine(Feed.READINGS, "device1", "avg_temp", "warm");
        assertLine(Feed.READINGS, "device1", "avg_hum", "wet");
        assertLine(Feed.TRANSACTIONS, "1", "total_amount", "money");
    }

    private void assertLine(Feed feed, String key, String name, String kind) {
        browser.go("now?filter=" + key);
        List<Double> newestFirst = windows(feed, key).stream()
                .limit(20)
                .map(window -> value(window, name))
                .toList();
        double low = newestFirst.stream().min(Comparator.naturalOrder()).orElseThrow();
        double high = newestFirst.stream().max(Comparator.naturalOrder()).orElseThrow();
        assertThat(low).isLessThan(high);
        int last = newestFirst.size() - 1;
        List<Double> expected = IntStream.rangeClosed(0, last)
                .boxed()
                .flatMap(i ->
                        Stream.of(i * WIDTH / last, FOOT - (newestFirst.get(last - i) - low) / (high - low) * HEIGHT))
                .toList();
        patiently().untilAsserted(() -> assertThat(
                        numbers(browser.attributes(card(feed, key) + ".spark." + kind + " polyline", "points")
                                .get(0)
                                .split("[ ,]")))
                .as(name)
                .usingElementComparator(new DoubleComparator(0.06))
                .isEqualTo(expected));
    }

    private static List<Double> numbers(String... texts) {
        return Arrays.stream(texts).map(Double::valueOf).toList();
    }

    /** Temperatures, on a scale of fives that has room for all devices that are shown. */
    void gaugesDevices() {
        browser.go("now?filter=device");
        String gauge = card(Feed.READINGS, "device1") + ".gauge.warm ";
        patiently().untilAsserted(() -> {
            List<JsonNode> shown = browser.texts("section:has(.gauge) .card-key").stream()
                    .map(key -> windows(Feed.READINGS, key).get(0))
                    .toList();
            assertThat(shown).hasSize(2);
            double low =
                    values(shown, "min_temp").min(Comparator.naturalOrder()).orElseThrow();
            double high =
                    values(shown, "max_temp").max(Comparator.naturalOrder()).orElseThrow();
            double from = Math.floor(low / 5) * 5;
            double to = Math.ceil(high / 5) * 5;
            JsonNode device = windows(Feed.READINGS, "device1").get(0);
            double lowest = (value(device, "min_temp") - from) / (to - from) * 100;
            double highest = (value(device, "max_temp") - from) / (to - from) * 100;
            double average = (value(device, "avg_temp") - from) / (to - from) * 100;
            assertThat(numbers(browser.attributes(gauge + "rect", "x").toArray(String[]::new)))
                    .usingElementComparator(new DoubleComparator(0.006))
                    .containsExactly(0.0, lowest, Math.max(0, Math.min(98.8, average - 0.6)));
            assertThat(numbers(browser.attributes(gauge + ".reach", "width").get(0)))
                    .usingElementComparator(new DoubleComparator(0.006))
                    .containsExactly(Math.max(0.5, highest - lowest));
            assertThat(browser.texts(gauge + "title"))
                    .containsExactly("from %s to %s, on a scale from %.0f to %.0f"
                            .formatted(
                                    device.at("/values/min_temp").decimalValue().toPlainString(),
                                    device.at("/values/max_temp").decimalValue().toPlainString(),
                                    from,
                                    to));
        });
    }

    private static Stream<Double> values(List<JsonNode> windows, String name) {
        return windows.stream().map(window -> value(window, name));
    }

    /** The band of one key's averages. */
    void drawsFromTheLowestToTheHighest() {
        for (String measure : List.of("temp", "hum")) {
            browser.go("history?job=%s&spec=%s&key=device1&metric=avg_%s&from=%s&to=%s"
                    .formatted(
                            Feed.READINGS.job(),
                            Rest.encoded(SPEC),
                            measure,
                            Load.START.minusSeconds(300),
                            Load.START.plus(Duration.ofMinutes(50))));
            List<JsonNode> windows = windows(Feed.READINGS, "device1").stream()
                    .sorted(Comparator.comparing(PageViews::start))
                    .toList();
            Map<String, String> lines = new LinkedHashMap<>();
            lines.put("device1 (lowest)", "min_" + measure);
            lines.put("device1 (highest)", "max_" + measure);
            lines.put("device1", "avg_" + measure);
            lines.forEach((label, name) -> patiently().untilAsserted(() -> assertThat(points(label))
                    .as(name)
                    .isEqualTo(windows.stream()
                            .map(window -> List.of((double) start(window).toEpochMilli(), value(window, name)))
                            .toList())));
            patiently().untilAsserted(() -> assertThat(browser.rows(".points"))
                    .extracting(row ->
                            row.subList(3, 5).stream().map(Double::valueOf).toList())
                    .containsExactlyInAnyOrderElementsOf(windows.stream()
                            .map(window -> List.of(value(window, "min_" + measure), value(window, "max_" + measure)))
                            .toList()));
        }
    }

    /** Time and value of each point of a line of the chart that is seen. */
    List<List<Double>> points(String label) {
        List<List<Number>> drawn = browser.js("""
                const chart = Chart.getChart(document.querySelector('.chart canvas'));
                const line = chart.data.datasets.findIndex(one => one.label.replace(/[\\u2068\\u2069]/g, "") === arguments[0]);
                const {left, right, top, bottom} = chart.chartArea;
                return chart.getDatasetMeta(line).data.flatMap(({x, y, skip}, i) => {
                  const point = chart.data.datasets[line].data[i];
                  const seen = chart.isDatasetVisible(line) && !skip && x >= left && x <= right && y >= top && y <= bottom;
                  return seen ? [[point.x, point.y]] : [];
                })
                """, label);
        return drawn.stream()
                .map(point -> point.stream().map(Number::doubleValue).toList())
                .toList();
    }

    /** Of each row of the audit where its parts begin, and how wide they are: what there is at all is seen. */
    void drawsTheSharesOfTheAudit() {
        browser.go("audit");
        patiently().untilAsserted(() -> {
            Map<String, List<List<Double>>> expected = new LinkedHashMap<>();
            for (JsonNode item : api.get("/api/v1/audit").path("items")) {
                String job = item.path("job").asText() + " "
                        + item.path("generation").asText();
                List<List<Double>> rows = expected.computeIfAbsent(job, name -> new ArrayList<>());
                if (item.path("specs").isEmpty()) {
                    rows.add(shares(item, MissingNode.getInstance()));
                }
                item.path("specs").forEach(spec -> rows.add(shares(item, spec)));
            }
            List<List<String>> drawn = browser.js(
                    "return [...document.querySelectorAll('.audit .bar svg')].map(bar => [...bar.children].flatMap(part => [part.getAttribute('x'), part.getAttribute('width')]))");
            assertThat(drawn.stream()
                            .map(parts -> numbers(parts.toArray(String[]::new)))
                            .toList())
                    .usingRecursiveComparison()
                    .withComparatorForType(new DoubleComparator(1e-6), Double.class)
                    .isEqualTo(expected.values().stream().flatMap(List::stream).toList());
        });
    }

    /** Of each alert the meter of its score, from 0 to 1. */
    void drawsTheScoresOfAlerts() {
        browser.go("alerts");
        List<List<String>> expected =
                api.items("/api/v1/alerts?limit=50").map(PageDrawings::meter).toList();
        assertThat(expected).isNotEmpty();
        patiently().untilAsserted(() -> assertThat(browser.<List<List<String>>>js("""
                        return [...document.querySelectorAll('.alert')].map(alert => [alert, alert.querySelector('meter')])
                          .map(([alert, meter]) => [alert.dataset.id, meter.getAttribute('aria-label'), `${meter.value} from ${meter.min} to ${meter.max}`])
                        """))
                .isEqualTo(expected));
    }

    private static List<String> meter(JsonNode alert) {
        BigDecimal score = alert.path("score").decimalValue();
        return List.of(
                alert.path("id").asText(),
                "score " + score.toPlainString(),
                score.stripTrailingZeros().toPlainString() + " from 0 to 1");
    }

    private static List<Double> shares(JsonNode item, JsonNode spec) {
        double rows = item.path("rows").asDouble();
        double rejected = item.path("rejected").asDouble();
        double heartbeats = item.path("heartbeats").asDouble();
        double counted = spec.path("counted").asDouble(rows - rejected - heartbeats);
        List<Double> shares = new ArrayList<>();
        double x = 0;
        for (double part : List.of(counted, spec.path("late").asDouble(), rejected, heartbeats)) {
            double width = part == 0 ? 0 : Math.max(0.7, part / rows * 100);
            shares.addAll(List.of(x, width));
            x += width;
        }
        return shares;
    }
}
