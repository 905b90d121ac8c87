// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench.tutorial;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** The weather average as Flink's tutorials write it: POJOs by Jackson databind, doubles, Flink's own window, exactly once. */
public final class TutorialJob {

    private TutorialJob() {}

    /** One reading. */
    public static final class Reading {
        public String device;
        public String ts;
        public double temperature;
        public double humidity;
    }

    /** The accumulator of a window, and then its result. */
    public static final class Average {
        public String device;
        public long start;
        public long count;
        public double temperature;
        public double humidity;
    }

    /**
     * Starts the job.
     *
     * @param args bootstrap servers, topic of the readings, topic of the results
     */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(2);
        env.enableCheckpointing(500);
        KafkaSource<Reading> source = KafkaSource.<Reading>builder()
                .setBootstrapServers(args[0])
                .setTopics(args[1])
                .setGroupId("tutorial")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new ReadingSchema())
                .build();
        KafkaSink<Average> sink = KafkaSink.<Average>builder()
                .setBootstrapServers(args[0])
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(args[2])
                .setProperty("transaction.timeout.ms", "900000")
                .setRecordSerializer(KafkaRecordSerializationSchema.<Average>builder()
                        .setTopic(args[2])
                        .setValueSerializationSchema(new AverageSchema())
                        .build())
                .build();
        env.fromSource(
                        source,
                        WatermarkStrategy.<Reading>forBoundedOutOfOrderness(Duration.ofSeconds(5))
                                .withTimestampAssigner((reading, time) ->
                                        Instant.parse(reading.ts).toEpochMilli()),
                        "readings")
                .keyBy(reading -> reading.device)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .aggregate(new AverageReadings(), new ToResult())
                .sinkTo(sink);
        env.execute("tutorial");
    }

    private static final class ReadingSchema extends AbstractDeserializationSchema<Reading> {

        private static final long serialVersionUID = 1L;

        private transient ObjectMapper mapper;

        ReadingSchema() {
            super(Reading.class);
        }

        @Override
        public void open(InitializationContext context) {
            mapper = new ObjectMapper();
        }

        @Override
        public Reading deserialize(byte[] message) throws IOException {
            return mapper.readValue(message, Reading.class);
        }
    }

    private static final class AverageSchema implements SerializationSchema<Average> {

        private static final long serialVersionUID = 1L;

        private transient ObjectMapper mapper;

        @Override
        public void open(InitializationContext context) {
            mapper = new ObjectMapper();
        }

        @Override
        public byte[] serialize(Average average) {
            try {
                return mapper.writeValueAsBytes(average);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class AverageReadings implements AggregateFunction<Reading, Average, Average> {

        private static final long serialVersionUID = 1L;

        @Override
        public Average createAccumulator() {
            return new Average();
        }

        @Override
        public Average add(Reading reading, Average sum) {
            sum.count++;
            sum.temperature += reading.temperature;
            sum.humidity += reading.humidity;
            return sum;
        }

        @Override
        public Average getResult(Average sum) {
            return sum;
        }

        @Override
        public Average merge(Average a, Average b) {
            a.count += b.count;
            a.temperature += b.temperature;
            a.humidity += b.humidity;
            return a;
        }
    }

    private static final class ToResult extends ProcessWindowFunction<Average, Average, String, TimeWindow> {

        private static final long serialVersionUID = 1L;

        @Override
        public void process(String device, Context context, Iterable<Average> sums, Collector<Average> out) {
            Average average = sums.iterator().next();
            average.device = device;
            average.start = context.window().getStart();
            average.temperature /= average.count;
            average.humidity /= average.count;
            out.collect(average);
        }
    }
}
