// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.iot.tags.TagTimeline;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.jboss.logging.Logger;

/**
 * Lets devices and tags live in real time: a {@link Lane} for readings and one for time series, over one Kafka producer.
 *
 * <p>While paused, both go on measuring but nothing of it is published, so that pauses do not change later values;
 * heartbeats go on.
 */
@ApplicationScoped
public class Simulation {

    /** Messaging channel whose settings and Kafka producer are used. */
    static final String CHANNEL = "readings";

    private static final Logger LOG = Logger.getLogger(Simulation.class);

    private final IotConfig config;
    private final KafkaClientService kafka;
    private final Instant start;
    private final Timeline timeline;

    private volatile Lane readings;
    private volatile Optional<TagLane> tags = Optional.empty();
    private volatile FaultSettings faults;
    private Optional<Journal> journal = Optional.empty();

    /** The time series: what there is of them, and how they go out. */
    record TagLane(TagTimeline timeline, Lane lane) {}

    /**
     * @param channel not sent to (see {@link ReadingPublisher}); injected so that the channel, and with it the producer,
     *     exists
     */
    Simulation(
            IotConfig config, KafkaClientService kafka, @Channel(CHANNEL) Emitter<byte[]> channel) {
        this.config = config;
        this.kafka = kafka;
        this.start = config.start().orElseGet(Simulation::nextWholeSecond);
        this.faults = FaultSettings.of(config.faults());
        long startMillis = start.toEpochMilli();
        this.timeline =
                new Timeline(
                        DeviceFleet.of(config.devices(), config.seed(), startMillis, config.rate()),
                        new Faults(faults, config.seed()),
                        writer(),
                        config.heartbeats(),
                        startMillis,
                        config.limit());
    }

    void start(@Observes StartupEvent event) throws IOException {
        if (config.journal().isPresent()) {
            Path file = config.journal().get();
            journal = Optional.of(Journal.open(file));
        }
        readings =
                new Lane("simulation", timeline, config.rate(), publisher(config.topic(), journal));
        LOG.infof(
                "publishing: topic=%s format=%s devices=%d rate=%s start=%s seed=%d heartbeats=%s",
                config.topic(),
                config.format(),
                config.devices().count(),
                config.rate() == 0 ? "periods" : config.rate() + "/s",
                start,
                config.seed(),
                config.heartbeats());
        if (config.tags().enabled()) {
            tags = Optional.of(tagLane());
        }
        readings.start();
        tags.ifPresent(series -> series.lane().start());
    }

    private TagLane tagLane() {
        IotConfig.Tags settings = config.tags();
        var series =
                new TagTimeline(
                        TagConfig.settings(settings, config.seed()),
                        settings.rate(),
                        config.heartbeats(),
                        start.toEpochMilli());
        LOG.infof(
                "publishing: topic=%s tags=%d rate=%d/s rows per message=%d seed=%d",
                settings.topic(),
                settings.integers().count()
                        + settings.doubles().count()
                        + settings.strings().count(),
                settings.rate(),
                settings.rowsPerMessage(),
                settings.seed().orElse(config.seed()));
        return new TagLane(
                series,
                new Lane(
                        "tags",
                        new TagSchedule(series, writer()::writeHeartbeat),
                        settings.rate(),
                        publisher(settings.topic(), Optional.empty())));
    }

    /** One for each lane: a writer is for one thread. */
    private ReadingWriter writer() {
        return new ReadingWriter(config.format(), ZoneId.of(config.zone()));
    }

    private ReadingPublisher publisher(String topic, Optional<Journal> acknowledged) {
        return new ReadingPublisher(
                topic,
                (int) config.buffer().asLongValue(),
                config.acknowledgementTimeout(),
                acknowledged,
                this::producer);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException, IOException {
        if (readings == null) {
            return;
        }
        for (Lane lane : lanes()) {
            lane.stop();
        }
        if (journal.isPresent()) {
            journal.get().close();
        }
        for (Lane lane : lanes()) {
            Tally.Counts sent = lane.publisher().readings();
            LOG.infof(
                    "stopped: topic=%s sent=%d acknowledged=%d failed=%d dropped=%d unacknowledged=%d",
                    lane.publisher().topic(),
                    sent.sent(),
                    sent.acknowledged(),
                    sent.failed(),
                    sent.dropped(),
                    lane.publisher().waiting());
        }
    }

    /** Applies what is set; it holds from the next record on. */
    void adjust(Adjustment adjustment) {
        adjustment
                .paused()
                .ifPresent(
                        wanted -> {
                            LOG.info(wanted ? "paused" : "resumed");
                            lanes().forEach(lane -> lane.paused(wanted));
                        });
        adjustment
                .rate()
                .ifPresent(
                        wanted -> {
                            LOG.infof("new rate: rate=%d", wanted);
                            readings.rate(wanted);
                        });
        adjustment
                .tagRate()
                .ifPresent(
                        wanted -> {
                            LOG.infof("new rate of tags: rate=%d", wanted);
                            tags.ifPresent(series -> series.lane().rate(wanted));
                        });
        adjustment
                .faults()
                .ifPresent(
                        wanted -> {
                            LOG.infof("new faults: %s", wanted);
                            faults = wanted;
                            readings.change(() -> timeline.faults(wanted));
                        });
    }

    /** One per topic, that of the readings first. */
    List<Lane> lanes() {
        return Stream.concat(Stream.of(readings), tags.map(TagLane::lane).stream()).toList();
    }

    /** The time series, where they are on. */
    Optional<TagLane> tags() {
        return tags;
    }

    /** Whether all threads live; they end only at a stop or by an error in this program. */
    boolean alive() {
        return lanes().stream().allMatch(Lane::alive);
    }

    /** That of the readings. */
    ReadingPublisher publisher() {
        return readings.publisher();
    }

    FaultSettings faults() {
        return faults;
    }

    /** How far publishing of readings is behind the clock; zero when it is not. */
    Duration behind() {
        return readings.behind();
    }

    SimulatorState state() {
        Map<Timeline.Injected, Long> injected = new EnumMap<>(Timeline.Injected.class);
        for (Timeline.Injected fault : Timeline.Injected.values()) {
            injected.put(fault, timeline.injected(fault));
        }
        ReadingPublisher publisher = publisher();
        Tally.Counts counts = publisher.readings();
        return new SimulatorState(
                readings.paused()
                        ? SimulatorState.Activity.PAUSED
                        : readings.finished()
                                ? SimulatorState.Activity.FINISHED
                                : SimulatorState.Activity.RUNNING,
                broker(publisher),
                config.topic(),
                config.format(),
                config.seed(),
                start,
                config.devices().count(),
                readings.rate(),
                counts.sent(),
                counts.acknowledged(),
                counts.failed(),
                counts.dropped(),
                publisher.heartbeats(),
                publisher.waiting(),
                publisher.bufferedBytes(),
                publisher.acknowledgementAge(),
                readings.behind(),
                faults,
                injected,
                tags.map(Simulation::state));
    }

    private static SimulatorState.Tags state(TagLane series) {
        ReadingPublisher publisher = series.lane().publisher();
        return new SimulatorState.Tags(
                broker(publisher),
                publisher.topic(),
                series.lane().rate(),
                series.timeline().rows(),
                series.timeline().oldRows(),
                publisher.readings(),
                publisher.heartbeats(),
                publisher.waiting(),
                publisher.acknowledgementAge(),
                series.lane().behind());
    }

    private static SimulatorState.Broker broker(ReadingPublisher publisher) {
        if (publisher.away()) {
            return SimulatorState.Broker.AWAY;
        }
        return publisher.connected()
                ? SimulatorState.Broker.ANSWERING
                : SimulatorState.Broker.AWAITED;
    }

    private Producer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> producer = kafka.getProducer(CHANNEL);
        return producer.runOnSendingThread(p -> p).await().indefinitely();
    }

    private static Instant nextWholeSecond() {
        return Instant.ofEpochSecond(Math.floorDiv(System.currentTimeMillis() + 999, 1000L));
    }
}
