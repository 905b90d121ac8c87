// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaProducer;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import org.jboss.logging.Logger;

/**
 * Publishes records in real time: one {@link PublishLoop} per topic, all with the same Kafka producer.
 *
 * <p>While paused, it still generates records but publishes only heartbeats, so that a pause does not change later values.
 */
public abstract class Simulation {

    /** What the simulation does. FINISHED: the limit is reached, and only heartbeats are published. */
    public enum Activity {
        RUNNING,
        PAUSED,
        FINISHED
    }

    /** State of the broker. AWAITED: it has not answered since the start; AWAY: acknowledgements have stopped. */
    public enum Broker {
        AWAITED,
        ANSWERING,
        AWAY
    }

    private static final Logger LOG = Logger.getLogger(Simulation.class);

    private final SimulatorConfig config;
    private final String prefix;
    private final String kind;
    private final String channel;
    private final KafkaClientService kafka;
    private final Instant start;

    private volatile FaultSettings faults;
    private volatile RecordSchedule schedule;
    private volatile PublishLoop records;
    private volatile List<PublishLoop> loops = List.of();
    private Optional<Journal> journal = Optional.empty();

    /**
     * @param prefix prefix of the names of settings and metrics
     * @param kind kind of the records, as the journal and the metrics show it
     * @param channel messaging channel whose settings and Kafka producer are used
     */
    protected Simulation(SimulatorConfig config, String prefix, String kind, String channel, KafkaClientService kafka) {
        this.config = config;
        this.prefix = prefix;
        this.kind = kind;
        this.channel = channel;
        this.kafka = kafka;
        this.start = config.start().orElseGet(Simulation::nextWholeSecond);
        this.faults = FaultSettings.of(config.faults());
    }

    /** Creates the schedule of the first topic's records. */
    protected abstract RecordSchedule schedule(long startMillis);

    /** Creates the loops of all further topics; by default there are none. */
    protected List<PublishLoop> others(long startMillis) {
        return List.of();
    }

    /** The senders and their rate, for the log, such as {@code devices=3 rate=periods}. */
    protected abstract String senders();

    /** Starts publishing. */
    public void start(@Observes StartupEvent event) throws IOException {
        if (config.journal().isPresent()) {
            journal = Optional.of(Journal.open(kind, config.journal().get()));
        }
        schedule = schedule(start.toEpochMilli());
        records = new PublishLoop("simulation", schedule, config.rate(), publisher(config.topic(), journal));
        LOG.infof(
                "publishing: topic=%s %s start=%s seed=%d heartbeats=%s",
                config.topic(), senders(), start, config.seed(), config.heartbeats());
        List<PublishLoop> all = new ArrayList<>(List.of(records));
        all.addAll(others(start.toEpochMilli()));
        loops = List.copyOf(all);
        loops.forEach(PublishLoop::start);
    }

    /** Stops all loops, after a short wait for records on their way, and closes the journal. */
    public void stop(@Observes ShutdownEvent event) throws InterruptedException, IOException {
        for (PublishLoop loop : loops) {
            loop.stop();
        }
        if (journal.isPresent()) {
            journal.get().close();
        }
        for (PublishLoop loop : loops) {
            DeliveryCounter.Counts sent = loop.publisher().deliveries().records();
            LOG.infof(
                    "stopped: topic=%s sent=%d acknowledged=%d failed=%d dropped=%d unacknowledged=%d",
                    loop.publisher().topic(),
                    sent.sent(),
                    sent.acknowledged(),
                    sent.failed(),
                    sent.dropped(),
                    loop.publisher().deliveries().waiting());
        }
    }

    /** Applies the values that are present, from the next record on. */
    public void adjust(Adjustment adjustment) {
        adjustment.paused().ifPresent(wanted -> {
            LOG.info(wanted ? "paused" : "resumed");
            loops.forEach(loop -> loop.paused(wanted));
        });
        adjustment.rate().ifPresent(wanted -> {
            LOG.infof("new rate: rate=%d", wanted);
            records.rate(wanted);
        });
        adjustment.faults().ifPresent(wanted -> {
            LOG.infof("new faults: %s", wanted);
            faults = wanted;
            records.change(() -> schedule.faults(wanted));
        });
    }

    /** The faults in force. */
    public FaultSettings faults() {
        return faults;
    }

    /** One loop per topic; the loop of the first topic comes first. */
    public List<PublishLoop> loops() {
        return loops;
    }

    /** The loop of the first topic. */
    public PublishLoop records() {
        return records;
    }

    /** Event time of the first records. */
    public Instant start() {
        return start;
    }

    /** What the loop of the first topic does. */
    public Activity activity() {
        if (records.paused()) {
            return Activity.PAUSED;
        }
        return records.finished() ? Activity.FINISHED : Activity.RUNNING;
    }

    long seed() {
        return config.seed();
    }

    /** How often each fault was injected. */
    public Map<RecordSchedule.Injected, Long> injected() {
        Map<RecordSchedule.Injected, Long> injected = new EnumMap<>(RecordSchedule.Injected.class);
        for (RecordSchedule.Injected fault : RecordSchedule.Injected.values()) {
            injected.put(fault, schedule.injected(fault));
        }
        return injected;
    }

    /**
     * Creates a publisher for a topic.
     *
     * @param acknowledged journal of the acknowledged records, if there is one
     */
    protected TopicPublisher publisher(String topic, Optional<Journal> acknowledged) {
        return new TopicPublisher(
                topic,
                (int) config.buffer().asLongValue(),
                config.acknowledgementTimeout(),
                acknowledged,
                () -> producer(topic));
    }

    String prefix() {
        return prefix;
    }

    String kind() {
        return kind;
    }

    /** Whether all threads are alive; they end only on stop or on an error in this program. */
    boolean alive() {
        return loops.stream().allMatch(PublishLoop::alive);
    }

    /** Checks the permission before it creates the channel's producer: one whose request for a producer id is refused never asks again. */
    private Producer<byte[], byte[]> producer(String topic) {
        KafkaProducer<byte[], byte[]> producer = kafka.getProducer(channel);
        WritePermission.check(producer.configuration(), topic);
        return producer.runOnSendingThread(p -> p).await().indefinitely();
    }

    private static Instant nextWholeSecond() {
        return Instant.ofEpochSecond(Math.floorDiv(System.currentTimeMillis() + 999, 1000L));
    }
}
