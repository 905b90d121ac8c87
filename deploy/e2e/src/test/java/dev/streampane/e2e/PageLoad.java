// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import static dev.streampane.e2e.PageViews.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.local.log.Topics;
import dev.streampane.local.server.LocalService;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** How much of the page's main thread results take, and how many alerts it keeps, by a results-api with a log of its own, into which no job writes. */
final class PageLoad {

    private static final String TOPIC = "page-load";
    private static final String ALERTS = "page-load-alerts";
    private static final String SPEC = "tumbling(1s)";
    private static final double MOST = 0.5;
    private static final Duration MEASURED = Duration.ofSeconds(5);

    private final Up up;
    private final Path folder;
    private long sent;

    PageLoad(Up up, Path folder) {
        this.up = up;
        this.folder = folder;
    }

    void check() throws Exception {
        createTopics();
        try (LocalService service =
                        up.resultsApi(folder, Map.of("RESULTS_TOPIC", TOPIC, "RESULTS_ALERTS_TOPIC", ALERTS));
                Browser browser = Browser.open(service.url());
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", up.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            browser.beforeLoading("""
                    window.taken = 0;
                    const Source = window.EventSource;
                    window.EventSource = class extends Source {
                      constructor(url) {
                        super(url);
                        this.addEventListener('window', () => window.taken++);
                      }
                    };
                    """);
            browser.load("now");
            patiently().until(() -> browser.state().equals("live"));
            measure(browser, producer, 1_000, 10);
            measure(browser, producer, 100, 1_000);
            keepsTheNewestAlerts(browser, producer);
            measureAlerts(browser, producer);
        }
    }

    private void createTopics() {
        try (Admin admin = Topics.admin(up.bootstrapServers())) {
            for (String topic : List.of(TOPIC, ALERTS)) {
                Topics.create(
                        admin,
                        new NewTopic(topic, 1, (short) 1).configs(Map.of("message.timestamp.type", "LogAppendTime")));
            }
        }
    }

    /** However many come while somebody looks, the newest stay, and the others are behind them. */
    private static void keepsTheNewestAlerts(Browser browser, KafkaProducer<String, String> producer) {
        browser.go("alerts?client=page-load");
        patiently().until(() -> !browser.texts(".state.empty").isEmpty());
        Number most = browser.js("return import('/page/store.js').then(store => store.MAX_ALERTS)");
        List<String> newestFirst = new ArrayList<>();
        // When
        for (int i = 0; i < most.intValue() + 20; i++) {
            newestFirst.add(0, sendAlert(producer, i));
        }
        // Then
        patiently().untilAsserted(() -> assertThat(browser.attributes(".alert", "data-id"))
                .isEqualTo(newestFirst.subList(0, most.intValue())));
        browser.button("Older alerts").click();
        patiently().untilAsserted(() -> assertThat(browser.attributes(".alert", "data-id"))
                .isEqualTo(newestFirst));
    }

    private static String sendAlert(KafkaProducer<String, String> producer, int number) {
        Instant at = Load.START.plusSeconds(number);
        String id = "fraud-detection~unusual-amount~page-load~transactions-0-" + number;
        String alert = """
                {"id":"%s","job":"fraud-detection","generation":1,"pattern":"unusual-amount","client":"page-load","score":0.667,
                "reason":"a payment of 1500.0000","start":"%s","end":"%s",
                "transactions":[{"topic":"transactions","partition":0,"offset":%d,"ts":"%s","amount":1500.0000}],"watermark":"%s","jobVersion":"1.0.0"}
                """.formatted(id, at, at, number, at, at);
        producer.send(new ProducerRecord<>(ALERTS, "page-load", alert.replace("\n", "")));
        return id;
    }

    private void measure(Browser browser, KafkaProducer<String, String> producer, int devices, int perSecond) {
        String job = "load-" + devices;
        for (int i = 0; i < devices; i++) {
            send(producer, job, devices);
        }
        patiently().untilAsserted(() -> assertThat(browser.texts(".section-count"))
                .anyMatch(count -> count.startsWith("48 of %,d series".formatted(devices))));
        assertThat(Best.of(MOST, () -> share(browser, producer, devices, perSecond)))
                .isPositive()
                .isLessThan(MOST);
    }

    private double share(Browser browser, KafkaProducer<String, String> producer, int devices, int perSecond) {
        long taken = taken(browser);
        Browser.Work before = browser.work();
        publish(perSecond, () -> send(producer, "load-" + devices, devices));
        long expected = taken + perSecond * MEASURED.toSeconds();
        patiently().until(() -> taken(browser) >= expected);
        double share = browser.work().shareSince(before);
        System.out.printf(
                "page: main thread %.0f %% with %,d devices and %,d events/s%n", 100 * share, devices, perSecond);
        return share;
    }

    /** Results that the page has been told. */
    private static long taken(Browser browser) {
        return browser.<Number>js("return window.taken").longValue();
    }

    private static void measureAlerts(Browser browser, KafkaProducer<String, String> producer) {
        browser.go("alerts");
        AtomicInteger number = new AtomicInteger(100_000);
        assertThat(Best.of(1.0, () -> shareOfAlerts(browser, producer, number)))
                .as("it keeps up")
                .isPositive()
                .isLessThan(1);
    }

    /** What it takes until they are drawn, of those that the view keeps, for each second in which they come. */
    private static double shareOfAlerts(Browser browser, KafkaProducer<String, String> producer, AtomicInteger number) {
        AtomicReference<String> newest = new AtomicReference<>();
        Browser.Work before = browser.work();
        double seconds = publish(1_000, () -> newest.set(sendAlert(producer, number.incrementAndGet())));
        patiently().until(() -> browser.attributes(".alert:first-child", "data-id"), List.of(newest.get())::equals);
        double share = (browser.work().seconds() - before.seconds()) / seconds;
        System.out.printf("page: main thread %.0f %% with 1,000 alerts/s%n", 100 * share);
        return share;
    }

    /** Returns the seconds that it took. */
    private static double publish(int perSecond, Runnable send) {
        long began = System.nanoTime();
        AtomicLong left = new AtomicLong(perSecond * MEASURED.toSeconds());
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
        Future<?> sending = clock.scheduleAtFixedRate(
                () -> {
                    if (left.getAndDecrement() > 0) {
                        send.run();
                    } else {
                        clock.shutdown();
                    }
                },
                0,
                period,
                TimeUnit.NANOSECONDS);
        assertThat(sending).failsWithin(Duration.ofMinutes(10)).withThrowableOfType(CancellationException.class);
        return (System.nanoTime() - began) / 1e9;
    }

    /** The next window of the next device. */
    private void send(KafkaProducer<String, String> producer, String job, int devices) {
        String key = "device" + sent % devices;
        Instant start = Load.START.plusSeconds(sent / devices);
        Instant end = start.plusSeconds(1);
        String id = Pane.id(job, SPEC, key, start, end);
        double value = 20 + sent % 100 / 10.0;
        String result = """
                {"id":"%s","job":"%s","spec":"%s","key":"%s","window":{"kind":"tumbling","start":"%s","end":"%s","zone":"UTC"},
                "generation":1,"rev":1,"status":"FINAL","cause":"watermark","complete":true,
                "values":{"avg_temp":%s,"avg_hum":50.5,"min_temp":20.0,"max_temp":30.0,"min_hum":40.5,"max_hum":60.5},"sums":{"temp":"1","hum":"1"},
                "count":5,"late":0,"minEventTime":"%s","maxEventTime":"%s","watermark":"%s","inputs":[],"jobVersion":"1.0.0"}
                """.formatted(id, job, SPEC, key, start, end, value, start, start, end);
        producer.send(new ProducerRecord<>(TOPIC, key, result.replace("\n", "")));
        sent++;
    }
}
