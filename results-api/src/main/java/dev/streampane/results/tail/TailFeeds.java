// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.tail;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.log.KafkaAccess;
import dev.streampane.results.log.TopicFollower;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The {@link Tail} of this process, kept filled by one consumer per topic, and per job the newest window. */
@Singleton
public class TailFeeds implements AutoCloseable {

    private static final int MAX_JOBS = 1_000;
    private static final long LEAST_BYTES = 64 << 10;

    private final KafkaAccess kafka;
    private final Tail tail;
    private final TopicFeed results;
    private final TopicFeed alerts;
    private final TopicFeed words;
    private final Map<String, NewestWindow> newest = new ConcurrentHashMap<>();
    private final Map<String, Arrival> arrivals = new ConcurrentHashMap<>();
    private volatile boolean settled;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Feeds that read nothing until {@link #begin}. */
    @SuppressWarnings("this-escape")
    public TailFeeds(KafkaAccess kafka, ResultsConfig config, MeterRegistry metrics) {
        this.kafka = kafka;
        long bytes = config.tailBytes()
                .map(size -> size.asLongValue())
                .orElse(Runtime.getRuntime().maxMemory() / 4);
        TopicRetention ofResults = kept(config, config.topic(), TailEntry.Kind.WINDOW, bytes);
        TopicRetention ofAlerts = kept(config, config.alertsTopic(), TailEntry.Kind.ALERT, bytes / 4);
        TopicRetention ofWords = kept(config, config.wordsTopic(), TailEntry.Kind.WORD, bytes / 4);
        tail = new Tail(List.of(ofResults, ofAlerts, ofWords));
        results = new TopicFeed(tail, ofResults, "results", this::forget, this::note, this::more, metrics);
        alerts = new TopicFeed(tail, ofAlerts, "alerts", () -> {}, entry -> {}, this::more, metrics);
        words = new TopicFeed(tail, ofWords, "words", () -> {}, entry -> {}, this::more, metrics);
    }

    void begin(@Observes StartupEvent event) {
        begin();
    }

    /** Starts to read. */
    public void begin() {
        feeds().forEach(feed -> feed.begin(kafka));
    }

    void end(@Observes @Priority(2_000) ShutdownEvent event) {
        close();
    }

    @Override
    public void close() {
        feeds().forEach(TopicFeed::end);
    }

    /** Whether the end of the log of results has been read once; from then on it is served, whatever happens to the broker. */
    public boolean loaded() {
        return results.loaded();
    }

    /** Whether the ends of all topics have been read, or the broker last said that one is not there, or not for us; results must be. */
    public boolean settled() {
        if (!settled) { // a right that is granted later makes nobody wait
            settled = loaded() && Stream.of(alerts, words).allMatch(feed -> feed.loaded() || feed.missing());
        }
        return settled;
    }

    /** Whether the broker last said that there is no topic of alerts, or not for us. */
    public boolean alertsMissing() {
        return alerts.missing();
    }

    /** What the consumer of results is doing. */
    public TopicFollower.State state() {
        return results.state();
    }

    /** Whether the consumers' threads go round. */
    public boolean alive() {
        return feeds().allMatch(TopicFeed::alive);
    }

    /** What is kept. */
    public Tail tail() {
        return tail;
    }

    /** Number of results kept. */
    public int size() {
        return tail.size(results.topic());
    }

    /** The topic of results. */
    public String resultsTopic() {
        return results.topic();
    }

    /** The topic of alerts. */
    public String alertsTopic() {
        return alerts.topic();
    }

    /** Per job the newest window of the topic that went through this process, and was not retracted when it did. */
    public Map<String, NewestWindow> newestWindows() {
        return Map.copyOf(newest);
    }

    /** Per job how the first result of the newest window came. */
    public Map<String, Arrival> arrivals() {
        return Map.copyOf(arrivals);
    }

    /** The newest window of a job that went through this process. */
    public Optional<NewestWindow> newestWindow(String job) {
        return Optional.ofNullable(newest.get(job));
    }

    /** Calls {@code listener} on a consumer's thread whenever there is more in the tail, or its epoch has changed. */
    public void onMore(Runnable listener) {
        listeners.add(listener);
    }

    private Stream<TopicFeed> feeds() {
        return Stream.of(results, alerts, words);
    }

    private void more() {
        listeners.forEach(Runnable::run);
    }

    private static TopicRetention kept(ResultsConfig config, String topic, TailEntry.Kind kind, long bytes) {
        return new TopicRetention(topic, kind, config.tailSize(), Math.max(LEAST_BYTES, bytes), config.tailAge());
    }

    private void forget() {
        newest.clear();
        arrivals.clear();
    }

    private void note(TailEntry entry) {
        if (entry.status().equals("RETRACTED")) {
            newest.computeIfPresent(entry.job(), (job, known) -> known.id().equals(entry.id()) ? null : known);
            arrivals.computeIfPresent(
                    entry.job(), (job, known) -> known.window().id().equals(entry.id()) ? null : known);
            return;
        }
        if (newest.size() < MAX_JOBS || newest.containsKey(entry.job())) {
            NewestWindow window =
                    new NewestWindow(entry.id(), entry.key(), entry.start(), entry.end(), entry.generation());
            newest.merge(entry.job(), window, (known, next) -> next.end().isBefore(known.end()) ? known : next);
            arrivals.compute(
                    entry.job(),
                    (job, known) -> known != null && !isNewer(entry, known.window())
                            ? known
                            : new Arrival(
                                    window,
                                    Instant.ofEpochMilli(entry.appended()),
                                    loaded() ? Optional.of(Instant.now()) : Optional.empty()));
        }
    }

    /** Sessions that are joined make one that ends with the last of them, and comes before that is retracted. */
    private static boolean isNewer(TailEntry entry, NewestWindow known) {
        return entry.end().isAfter(known.end())
                || entry.windowKind().equals("session")
                        && entry.end().equals(known.end())
                        && entry.key().equals(known.key())
                        && !entry.id().equals(known.id())
                        && entry.status().equals("FINAL");
    }
}
