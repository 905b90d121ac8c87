// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.PageViews.patiently;
import static dev.streampane.e2e.PageViews.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.util.DoubleComparator;

/** What a view says beside its chart: totals, gauges, previews, clocks, provenance, and the ways from one number to the next. */
record PageDetails(Up up, Rest api, Browser browser, Readings readings) {

    private static final String JOB = Feed.READINGS.job();
    private static final String SPEC = LoadedStack.RULE.spec();
    private static final ZoneId ZONE = ZoneId.of("Asia/Kolkata");
    private static final Duration AFTER_THE_LOAD = Duration.ofHours(3);

    private static String card(Feed feed, String key) {
        return "[data-series='%s · %s · %s'] ".formatted(feed.job(), SPEC, key);
    }

    private JsonNode newest(String key) {
        return api.items("/api/v1/windows?job=" + JOB + "&limit=20&key=" + key)
                .filter(PageViews::isShown)
                .findFirst()
                .orElseThrow();
    }

    /** The sum of a client's windows of the day that the browser's clock and zone say: that of the load, in India. */
    void addsUpAClientsDay() {
        Instant now = Load.START.plus(AFTER_THE_LOAD);
        browser.zone(ZONE.getId());
        browser.beforeLoading("""
                const shift = %d - Date.now();
                const Real = Date;
                window.Date = class extends Real {
                  constructor(...given) {
                    super(...(given.length ? given : [Real.now() + shift]));
                  }
                  static now() {
                    return Real.now() + shift;
                  }
                };
                """.formatted(now.toEpochMilli()));
        Instant midnight = now.atZone(ZONE).toLocalDate().atStartOfDay(ZONE).toInstant();
        BigDecimal expected = api.pages("/api/v1/windows?job=" + Feed.TRANSACTIONS.job() + "&key=1", 500).stream()
                .filter(PageViews::isShown)
                .filter(window -> !start(window).isBefore(midnight))
                .map(window -> window.at("/values/total_amount").decimalValue())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(expected).isPositive();
        browser.load("now?filter=1");
        String total = card(Feed.TRANSACTIONS, "1") + ".big";
        patiently().untilAsserted(() -> assertThat(
                        new BigDecimal(browser.texts(total).get(0).replace(",", "")))
                .isEqualByComparingTo(expected));
    }

    /** Times are those of the browser's zone, and UTC is in the title. */
    void tellsUtcWhereOnePoints() {
        JsonNode window = newest("device1");
        Instant from = start(window);
        browser.go("window?id=" + Rest.encoded(window.path("id").asText()));
        patiently().until(() -> !browser.texts("[data-view=window] .span").isEmpty());
        assertThat(browser.texts("[data-view=window] .span").get(0))
                .contains(DateTimeFormatter.ofPattern("HH:mm:ss").format(from.atZone(ZONE)));
        assertThat(browser.attributes("[data-view=window] .span", "title").get(0))
                .isEqualTo("%s to %s (UTC)"
                        .formatted(
                                window.at("/window/start").asText(),
                                window.at("/window/end").asText()));
        assertThat(browser.attributes("[data-view=window] time", "title"))
                .contains(window.path("watermark").asText().replace("T", " ").replace("Z", " UTC"));
        browser.go("history?job=%s&spec=%s&key=device1&metric=avg_temp&from=%s&to=%s"
                .formatted(JOB, Rest.encoded(SPEC), from, from.plusSeconds(60)));
        DateTimeFormatter utc =
                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS 'UTC'").withZone(ZoneOffset.UTC);
        patiently()
                .untilAsserted(() -> assertThat(browser.attributes("[data-view=history] [role=status] time", "title"))
                        .containsExactly(utc.format(from), utc.format(from.plusSeconds(60))));
        assertThat(browser.<List<String>>js("return ['from', 'to'].map(id => document.getElementById(id).title)"))
                .containsExactly(utc.format(from), utc.format(from.plusSeconds(60)));
        patiently().untilAsserted(() -> assertThat(browser.<List<String>>js(
                        "return Chart.getChart(document.querySelector('.chart canvas')).options.plugins.tooltip.callbacks.title([{parsed: {x: arguments[0]}}])",
                        from.toEpochMilli()))
                .contains(utc.format(from)));
    }

    /** What was shown without its day, for it was of today, has it when the day is over, also where nothing comes any more. */
    void tellsTheDayOfWhatIsOfYesterday() {
        browser.go("now?filter=device1");
        String time = card(Feed.READINGS, "device1") + ".card-time";
        String today = DateTimeFormatter.ofPattern("HH:mm:ss")
                .format(start(newest("device1")).atZone(ZONE));
        patiently().until(() -> browser.texts(time).get(0).startsWith(today));
        // When
        browser.js("""
                const Before = Date;
                window.setBack = () => window.Date = Before;
                window.Date = class extends Before {
                  constructor(...given) {
                    super(...(given.length ? given : [Date.now()]));
                  }
                  static now() {
                    return Before.now() + 86_400_000;
                  }
                };
                """);
        // Then
        patiently().until(() -> browser.texts(time).get(0).contains(" " + today));
        browser.js("window.setBack()");
        patiently().until(() -> browser.texts(time).get(0).startsWith(today));
    }

    /** From the lowest to the highest humidity of the newest window, on a scale of 0 to 100, with a mark at the average. */
    void gaugesADevice() {
        browser.go("now?filter=device1");
        String gauge = card(Feed.READINGS, "device1") + ".gauge.wet";
        JsonNode values = newest("device1").path("values");
        double low = values.path("min_hum").asDouble();
        double high = values.path("max_hum").asDouble();
        patiently().untilAsserted(() -> assertThat(numbers(gauge, "x"))
                .usingElementComparator(new DoubleComparator(0.006))
                .containsExactly(
                        0.0,
                        low,
                        Math.max(0, Math.min(98.8, values.path("avg_hum").asDouble() - 0.6))));
        assertThat(numbers(gauge, "width").get(1)).isCloseTo(Math.max(0.5, high - low), within(0.006));
        assertThat(browser.texts(card(Feed.READINGS, "device1") + ".big").get(1))
                .isEqualTo(new BigDecimal(values.path("avg_hum").asDouble()).setScale(2, RoundingMode.HALF_UP) + " %");
    }

    private List<Double> numbers(String gauge, String attribute) {
        return browser.attributes(gauge + " rect", attribute).stream()
                .map(Double::valueOf)
                .toList();
    }

    /** The window after the last one, while it fills. */
    void showsTheWindowThatFills() {
        readings.publish(List.of("filling"));
        browser.go("now?filter=filling");
        String note = card(Feed.READINGS, "filling") + ".note";
        patiently().until(() -> browser.texts(note), List.of("1 reading")::equals);
        // When
        readings.open(List.of("filling", "filling"));
        // Then
        patiently()
                .until(
                        () -> browser.texts(note),
                        List.of("1 reading · open window: 20.50\u00a0°C, 2 readings")::equals);
        readings.publish(List.of("filling"));
        patiently().until(() -> browser.texts(note), List.of("3 readings")::equals);
    }

    /** Nobody has written anything for a while, and who waits for that is named, also in the audit. */
    void namesStalledPartitions() {
        List<String> stalled = new ArrayList<>();
        patiently().until(() -> {
            stalled.clear();
            api.get("/api/v1/watermarks").path("stalled").forEach(one -> stalled.add(one.asText()));
            return stalled.stream().anyMatch(one -> one.startsWith(Feed.TRANSACTIONS.topic()));
        });
        for (String view : List.of("health", "audit")) {
            browser.go(view);
            patiently()
                    .untilAsserted(() ->
                            assertThat(browser.texts(".verdict.warn").get(0)).contains(stalled));
        }
        assertThat(browser.rows(".audit").stream()
                        .filter(row -> row.get(0).startsWith(Feed.TRANSACTIONS.topic()))
                        .map(row -> row.get(13)))
                .isNotEmpty()
                .allMatch(notes -> notes.startsWith("▲ stalled"));
    }

    /** Each cell that the status has a figure for. */
    void tellsHowJobsStand() {
        browser.go("health");
        patiently().untilAsserted(() -> {
            JsonNode status = api.get("/api/v1/status");
            List<List<String>> expected = status.path("items")
                    .valueStream()
                    .map(job -> standing(job, status.path("now")))
                    .toList();
            assertThat(expected).hasSizeGreaterThanOrEqualTo(7);
            assertThat(browser.rows("[aria-label='Jobs']").stream().map(row -> Stream.of(0, 1, 5, 6, 7, 8, 10, 11)
                            .map(row::get)
                            .toList()))
                    .containsAll(expected);
        });
    }

    private List<String> standing(JsonNode job, JsonNode now) {
        JsonNode newest = job.path("newest");
        return List.of(
                job.path("job").asText(),
                job.path("generation").asText(),
                job.path("halted").asBoolean()
                        ? "▲ reads nothing, though records wait: stopped, restarting or stuck"
                        : !job.path("lag").isNull()
                                ? "✓ reading"
                                : job.path("clock").isNull() ? "no audit" : "–",
                job.path("lag").isNull() ? "–" : "%,d".formatted(job.path("lag").asLong()),
                lasting(job.path("clock"), now),
                job.path("stalled").isEmpty()
                        ? "–"
                        : "▲ "
                                + String.join(
                                        ", ",
                                        job.path("stalled")
                                                .valueStream()
                                                .map(JsonNode::asText)
                                                .toList()),
                lasting(newest.path("end"), newest.path("appended")),
                lasting(newest.path("appended"), newest.path("streamed")));
    }

    /** As the page says times; here the figures are of interest. */
    private String lasting(JsonNode from, JsonNode to) {
        if (!from.isTextual() || !to.isTextual()) {
            return "–";
        }
        Duration time = Duration.between(Instant.parse(from.asText()), Instant.parse(to.asText()));
        assertThat(time).isGreaterThanOrEqualTo(Duration.ZERO);
        return browser.js(
                "return import('/page/format.js').then(format => format.lasting(arguments[0]))", time.toMillis());
    }

    /** From a number of the audit to the records that it counts, and from a specification to its windows. */
    void leadsFromNumbersToRecords() {
        JsonNode audit = api.items("/api/v1/audit?job=" + JOB)
                .filter(item -> item.path("rejected").asLong() > 0)
                .findFirst()
                .orElseThrow();
        browser.go("audit?job=" + JOB);
        String rejected = "a[href^='#/dead-letters?job=%s&topic=%s&partition=%s&']"
                .formatted(
                        JOB,
                        audit.path("topic").asText(),
                        audit.path("partition").asText());
        patiently().until(() -> !browser.texts(rejected).isEmpty());
        assertThat(browser.texts(rejected))
                .containsExactly(audit.path("rejected").asText());
        browser.click(rejected);
        List<String> reasons = api.get("/api/v1/dead-letters?job=%s&topic=%s&partition=%s&limit=25"
                        .formatted(
                                JOB,
                                audit.path("topic").asText(),
                                audit.path("partition").asText()))
                .path("items")
                .valueStream()
                .map(letter -> letter.path("reason").asText())
                .toList();
        patiently()
                .untilAsserted(() ->
                        assertThat(browser.texts(".record strong")).isNotEmpty().isEqualTo(reasons));
        browser.js("history.back()");
        patiently().until(() -> !browser.rows(".audit").isEmpty());
        String windows = "a[href^='#/history?job=" + JOB + "&spec=']";
        assertThat(browser.texts(windows).get(0)).isEqualTo(SPEC);
        browser.click(windows);
        patiently().until(() -> browser.parameter("spec").equals(SPEC));
        patiently().until(() -> browser.texts("#job option:checked").equals(List.of(JOB)));
    }

    /** An alert comes by itself: a number beside the view's name, and there the newest of all, with why and its payments. */
    void isAlertedAtOnce() {
        String client = "live-victim-" + "x".repeat(244);
        browser.go("health");
        browser.js("window.loaded = 1");
        // When
        AllJobs.publishFraud(up.bootstrapServers(), client, Load.START.plus(AFTER_THE_LOAD));
        // Then
        patiently().until(() -> browser.texts("#alert-count:not([hidden])"), List.of("1")::equals);
        browser.click("#views a[href='#/alerts']");
        patiently().until(() -> browser.texts(".alert .alert-who").get(0).equals("client " + client));
        JsonNode alert = api.get("/api/v1/alerts?client=" + client).at("/items/0");
        assertThat(browser.attributes(".alert", "data-id").get(0))
                .isEqualTo(alert.path("id").asText());
        assertThat(browser.texts(".alert .why").get(0))
                .isEqualTo(alert.path("reason").asText())
                .contains("20 s later");
        JsonNode transactions = alert.path("transactions");
        assertThat(transactions).hasSize(2);
        assertThat(browser.attributes(".alert:first-child table time", "datetime"))
                .isEqualTo(transactions
                        .valueStream()
                        .map(one -> one.path("ts").asText())
                        .toList());
        assertThat(browser.rows(".alert:first-child").stream().map(row -> row.subList(1, row.size())))
                .containsExactlyElementsOf(
                        transactions.valueStream().map(PageDetails::transaction).toList());
        assertThat(browser.texts("#alert-count:not([hidden])")).isEmpty();
        // When
        AllJobs.publishFraud(up.bootstrapServers(), client, Load.START.plus(AFTER_THE_LOAD.multipliedBy(2)));
        // Then
        patiently()
                .until(() -> browser.texts(".alert .alert-who").stream()
                                .filter(("client " + client)::equals)
                                .count()
                        == 2);
        assertThat(browser.<Object>js("return window.loaded")).as("no reload").isEqualTo(1L);
        browser.assertCuts(client);
    }

    private static List<String> transaction(JsonNode transaction) {
        return List.of(
                new DecimalFormat("#,##0.00##")
                        .format(transaction.path("amount").decimalValue()),
                transaction.path("merchant").asText(),
                "%s, %s"
                        .formatted(
                                transaction.path("lat").asText(),
                                transaction.path("lon").asText()),
                "%s[%s] %s"
                        .formatted(
                                transaction.path("topic").asText(),
                                transaction.path("partition").asText(),
                                transaction.path("offset").asText()));
    }

    /** What a window was made of. */
    void tellsWhereAWindowComesFrom() {
        JsonNode window = newest("device2");
        browser.go("window?id=" + Rest.encoded(window.path("id").asText()));
        patiently().untilAsserted(() -> PageViews.assertOffsets(browser, window));
        assertThat(browser.texts("dd"))
                .contains(
                        window.path("cause").asText(),
                        window.path("generation").asText(),
                        window.path("jobVersion").asText());
        assertThat(browser.texts(".id code")).containsExactly(window.path("id").asText());
        browser.width(360, 800);
        assertThat(browser.<List<String>>js("""
                        return [...document.querySelectorAll('.fields tr > :nth-child(2)')]
                          .filter(value => value.getBoundingClientRect().right > innerWidth).map(value => value.textContent)
                        """))
                .as("values that a phone does not show")
                .isEmpty();
        browser.width(1280, 900);
    }

    /** More windows than one answer of the API has. */
    void readsTheHistoryToItsEnd() {
        int windows = 620;
        Duration size = LoadedStack.RULE.size();
        Instant from = readings.publish("long", windows, size);
        Instant to = from.plus(size.multipliedBy(windows));
        String path = "/api/v1/windows?job=%s&key=long&from=%s&to=%s".formatted(JOB, from, to);
        patiently().until(() -> api.pages(path, 500).size() == windows);
        browser.go("history?job=%s&spec=%s&key=long&metric=avg_temp&from=%s&to=%s"
                .formatted(JOB, Rest.encoded(SPEC), from, to));
        patiently().until(() -> browser.texts("[data-view=history] .section-head [role=status]")
                .get(0)
                .startsWith(windows + " windows from"));
        browser.button("Show all " + windows).click();
        assertThat(browser.attributes(".points tbody tr", "data-id"))
                .isEqualTo(api.pages(path, 500).stream()
                        .map(window -> window.path("id").asText())
                        .toList());
        browser.js("history.back()");
        patiently().until(() -> browser.texts(".points").isEmpty());
        browser.js("history.forward()");
        patiently().until(() -> browser.parameter("key").equals("long"));
        patiently().until(() -> !browser.texts(".points").isEmpty());
    }
}
