// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.Generator;
import dev.streampane.simulation.PublishLoop;
import dev.streampane.simulation.RecordSchedule;
import dev.streampane.simulation.Simulation;
import dev.streampane.simulation.TopicPublisher;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.jboss.logging.Logger;

/** Simulates devices and tags in real time: one loop publishes readings, another one time series. */
@Singleton
public class IotSimulation extends Simulation {

    static final String PREFIX = "iot";
    private static final String CHANNEL = "readings";
    private static final Logger LOG = Logger.getLogger(IotSimulation.class);

    private final IotConfig config;
    private volatile Optional<TagLoop> tags = Optional.empty();

    /** The generator of the time series, and the loop that publishes them. */
    record TagLoop(TagGenerator generator, PublishLoop loop) {}

    /**
     * @param channel injected so that the channel and its producer exist; not used for sending (see {@link TopicPublisher})
     */
    IotSimulation(IotConfig config, KafkaClientService kafka, @Channel(CHANNEL) Emitter<byte[]> channel) {
        super(config, PREFIX, "reading", CHANNEL, kafka);
        this.config = config;
    }

    @Override
    protected RecordSchedule schedule(long startMillis) {
        return schedule(new ReadingGenerator(config, startMillis), startMillis);
    }

    private RecordSchedule schedule(Generator generator, long startMillis) {
        return new RecordSchedule(config, generator, ReadingGenerator.TARGET, startMillis);
    }

    @Override
    protected List<PublishLoop> others(long startMillis) {
        if (config.tags().enabled()) {
            tags = Optional.of(tagLoop(startMillis));
        }
        return tags.map(TagLoop::loop).stream().toList();
    }

    @Override
    protected String senders() {
        String rate = config.rate() == 0 ? "periods" : config.rate() + "/s";
        return "format=" + config.format() + " devices=" + config.devices().count() + " rate=" + rate;
    }

    private TagLoop tagLoop(long startMillis) {
        IotConfig.Tags settings = config.tags();
        var generator = new TagGenerator(config, startMillis);
        LOG.infof(
                "publishing: topic=%s tags=%d rate=%d/s rows per message=%d seed=%d",
                settings.topic(),
                settings.integers().count()
                        + settings.doubles().count()
                        + settings.strings().count(),
                settings.rate(),
                settings.rowsPerMessage(),
                settings.seed().orElse(config.seed()));
        TopicPublisher publisher = publisher(settings.topic(), Optional.empty());
        return new TagLoop(
                generator, new PublishLoop("tags", schedule(generator, startMillis), settings.rate(), publisher));
    }

    /** Changes the rate of the tags, in rows per second over all of them, from the next message on. */
    void tagRate(long wanted) {
        LOG.infof("new rate of tags: rate=%d", wanted);
        tags.ifPresent(series -> series.loop().rate(wanted));
    }

    /** The time series; empty if they are disabled. */
    Optional<TagLoop> tags() {
        return tags;
    }

    IotState state() {
        return new IotState(this, config);
    }
}
