// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaProducer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.jboss.logging.Logger;

/**
 * Lets the population live in real time: takes each record from the {@link Timeline} when it is due and hands it to the
 * {@link TransactionPublisher}. When the publisher makes it wait, it falls behind the clock and catches up afterwards.
 *
 * <p>While paused, clients go on paying but nothing of it is published, so that pauses do not change later transactions;
 * heartbeats go on.
 */
@ApplicationScoped
public class Simulation {

    /** Messaging channel whose settings and Kafka producer are used. */
    static final String CHANNEL = "transactions";

    private static final Logger LOG = Logger.getLogger(Simulation.class);
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(2);

    private final TxConfig config;
    private final KafkaClientService kafka;
    private final Instant start;
    private final Timeline timeline;
    private final Thread thread = new Thread(this::run, "simulation");
    private final ConcurrentLinkedQueue<Runnable> changes = new ConcurrentLinkedQueue<>();

    private final List<Outgoing> due = new ArrayList<>();

    private volatile TransactionPublisher publisher;
    private volatile boolean stopped;
    private volatile boolean paused;
    private volatile boolean finished;
    private volatile long rate;
    private volatile FaultSettings faults;
    private volatile long nextDueMillis;
    private Optional<Journal> journal = Optional.empty();

    /**
     * @param channel not sent to (see {@link TransactionPublisher}); injected so that the channel, and with it the producer,
     *     exists
     */
    Simulation(
            TxConfig config, KafkaClientService kafka, @Channel(CHANNEL) Emitter<byte[]> channel) {
        this.config = config;
        this.kafka = kafka;
        this.start = config.start().orElseGet(Simulation::nextWholeSecond);
        this.rate = config.rate();
        this.faults = FaultSettings.of(config.faults());
        long startMillis = start.toEpochMilli();
        this.timeline =
                new Timeline(
                        ClientPopulation.of(config, startMillis),
                        new Scenarios(config, startMillis),
                        new Faults(faults, config.seed()),
                        new TransactionWriter(config.format(), ZoneId.of(config.zone())),
                        config.heartbeats(),
                        startMillis,
                        config.limit());
        this.nextDueMillis = timeline.nextDueMillis();
    }

    void start(@Observes StartupEvent event) throws IOException {
        if (config.journal().isPresent()) {
            Path file = config.journal().get();
            journal = Optional.of(Journal.open(file));
        }
        publisher =
                new TransactionPublisher(
                        config.topic(),
                        (int) config.buffer().asLongValue(),
                        config.acknowledgementTimeout(),
                        journal,
                        this::producer);
        LOG.infof(
                "publishing: topic=%s format=%s clients=%d rate=%s start=%s seed=%d heartbeats=%s",
                config.topic(),
                config.format(),
                config.clients().count(),
                rate == 0 ? "every " + config.period() : rate + "/s",
                start,
                config.seed(),
                config.heartbeats());
        publisher.start();
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException, IOException {
        stopped = true;
        if (publisher == null) {
            return;
        }
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(1));
        if (publisher.connected() && !publisher.away()) {
            publisher.drain(DRAIN_PATIENCE);
        }
        publisher.stop();
        if (journal.isPresent()) {
            journal.get().close();
        }
        Tally.Counts transactions = publisher.transactions();
        LOG.infof(
                "stopped: sent=%d acknowledged=%d failed=%d dropped=%d unacknowledged=%d",
                transactions.sent(),
                transactions.acknowledged(),
                transactions.failed(),
                transactions.dropped(),
                publisher.waiting());
    }

    /** Applies what is set; it holds from the next record on. */
    void adjust(Adjustment adjustment) {
        adjustment
                .paused()
                .ifPresent(
                        wanted -> {
                            LOG.info(wanted ? "paused" : "resumed");
                            paused = wanted;
                        });
        adjustment
                .rate()
                .ifPresent(
                        wanted -> {
                            LOG.infof("new rate: rate=%d", wanted);
                            rate = wanted;
                            changes.add(() -> rate(wanted));
                        });
        adjustment
                .faults()
                .ifPresent(
                        wanted -> {
                            LOG.infof("new faults: %s", wanted);
                            faults = wanted;
                            changes.add(() -> timeline.faults(wanted));
                        });
    }

    /** Whether both threads live; they end only at a stop or by an error in this program. */
    boolean alive() {
        return thread.isAlive() && publisher.alive();
    }

    TransactionPublisher publisher() {
        return publisher;
    }

    FaultSettings faults() {
        return faults;
    }

    /** How far publishing is behind the clock; zero when it is not. */
    Duration behind() {
        return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - nextDueMillis));
    }

    SimulatorState state() {
        Map<Timeline.Injected, Long> injected = new EnumMap<>(Timeline.Injected.class);
        for (Timeline.Injected fault : Timeline.Injected.values()) {
            injected.put(fault, timeline.injected(fault));
        }
        Tally.Counts transactions = publisher.transactions();
        return new SimulatorState(
                paused
                        ? SimulatorState.Activity.PAUSED
                        : finished
                                ? SimulatorState.Activity.FINISHED
                                : SimulatorState.Activity.RUNNING,
                broker(),
                config.topic(),
                config.format(),
                config.seed(),
                start,
                config.clients().count(),
                rate,
                transactions.sent(),
                transactions.acknowledged(),
                transactions.failed(),
                transactions.dropped(),
                publisher.heartbeats(),
                publisher.waiting(),
                publisher.bufferedBytes(),
                publisher.acknowledgementAge(),
                behind(),
                faults,
                injected);
    }

    private void rate(long wanted) {
        timeline.rate(wanted, System.currentTimeMillis());
        nextDueMillis = timeline.nextDueMillis();
    }

    private SimulatorState.Broker broker() {
        if (publisher.away()) {
            return SimulatorState.Broker.AWAY;
        }
        return publisher.connected()
                ? SimulatorState.Broker.ANSWERING
                : SimulatorState.Broker.AWAITED;
    }

    private void run() {
        try {
            while (!stopped) {
                publisher.watch();
                for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
                    change.run();
                }
                publishWhatIsDue();
                TimeUnit.MILLISECONDS.sleep(untilNextDueMillis());
            }
        } catch (InterruptedException e) {
            // The stop: nothing more is due.
        }
    }

    /** Publishes until nothing is due or a quarter of a second has passed. */
    private void publishWhatIsDue() throws InterruptedException {
        long now = System.currentTimeMillis();
        long watchAt = now + WATCH_INTERVAL.toMillis();
        while (!stopped && nextDueMillis <= now && now < watchAt && changes.isEmpty()) {
            timeline.next(due::add);
            nextDueMillis = timeline.nextDueMillis();
            finished = timeline.finished();
            for (Outgoing outgoing : due) {
                if (!paused || outgoing.heartbeat()) {
                    publisher.offer(outgoing);
                }
            }
            due.clear();
            now = System.currentTimeMillis();
        }
    }

    private long untilNextDueMillis() {
        long millis = nextDueMillis - System.currentTimeMillis();
        return Math.max(0, Math.min(millis, WATCH_INTERVAL.toMillis()));
    }

    private Producer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> producer = kafka.getProducer(CHANNEL);
        return producer.runOnSendingThread(p -> p).await().indefinitely();
    }

    private static Instant nextWholeSecond() {
        return Instant.ofEpochSecond(Math.floorDiv(System.currentTimeMillis() + 999, 1000L));
    }
}
