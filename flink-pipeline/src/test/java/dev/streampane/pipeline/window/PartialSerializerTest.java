// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.PojoField;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

class PartialSerializerTest {

    private static final WindowSpec SLIDING = WindowSpecParser.parse("sliding(10s,5s)");
    private static final WindowSpec TUMBLING = WindowSpecParser.parse("tumbling(10s)");

    /** Some of everything that a partial can hold. */
    private static Partial partial(Random random) {
        Partial partial =
                Partial.of(
                        random.nextInt(4) == 0 ? null : "k\u00e9y \ud83d\ude00" + random.nextInt());
        int metrics = random.nextInt(3);
        for (int records = random.nextInt(5); records >= 0; records--) {
            long time = random.nextLong() >>> 20;
            long[] values = random.longs(metrics).toArray();
            partial.add(
                    time,
                    "topic" + random.nextInt(2),
                    random.nextInt(30),
                    random.nextInt(),
                    values);
            long by = random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
            long from = random.nextBoolean() ? time : Long.MIN_VALUE;
            partial.mark(random.nextBoolean() ? SLIDING : TUMBLING, time, by, from);
            if (random.nextInt(3) == 0) {
                partial.add(Texts.of("\u0000text", time, 1, 2, 3));
            }
        }
        return partial;
    }

    private static Partial reread(Partial partial, TypeSerializer<Partial> serializer)
            throws Exception {
        var out = new DataOutputSerializer(16);
        serializer.serialize(partial, out);
        var in = new DataInputDeserializer(out.getCopyOfBuffer());
        Partial read = serializer.deserialize(in);
        assertThat(in.available()).isZero();
        return read;
    }

    @Test
    void shouldReadAndCopyWhatItWrote() throws Exception {
        var random = new Random(7);
        var serializer = TypeInformation.of(Partial.class).createSerializer(null);
        assertThat(serializer).isEqualTo(new PartialSerializer());
        for (int i = 0; i < 2_000; i++) {
            Partial partial = partial(random);

            assertThat(reread(partial, serializer)).usingRecursiveComparison().isEqualTo(partial);
            assertThat(serializer.copy(partial)).usingRecursiveComparison().isEqualTo(partial);
        }
    }

    @Test
    void shouldShareNothingWithACopy() throws Exception {
        Partial partial = partial(new Random(8));
        Partial before = reread(partial, new PartialSerializer());

        new PartialSerializer().copy(partial).add(partial(new Random(9)));

        assertThat(partial).usingRecursiveComparison().isEqualTo(before);
    }

    /** Keeps the last partial of a key, and sends the one before. */
    private static final class KeepLast extends KeyedProcessFunction<String, Partial, Partial> {

        private static final long serialVersionUID = 1L;

        private final TypeInformation<Partial> type;
        private transient ValueState<Partial> last;

        KeepLast(TypeInformation<Partial> type) {
            this.type = type;
        }

        @Override
        public void open(OpenContext context) {
            last = getRuntimeContext().getState(new ValueStateDescriptor<>("last", type));
        }

        @Override
        public void processElement(Partial partial, Context context, Collector<Partial> out)
                throws Exception {
            if (last.value() != null) {
                out.collect(last.value());
            }
            last.update(partial);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Partial, Partial> harness(
            TypeInformation<Partial> type) throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new KeepLast(type)),
                partial -> String.valueOf(partial.key),
                Types.STRING);
    }

    /** As Flink took it before there was a serializer. */
    private static TypeInformation<Partial> pojo() throws NoSuchFieldException {
        List<PojoField> fields = new ArrayList<>();
        for (var field : Partial.class.getFields()) {
            fields.add(
                    new PojoField(
                            field,
                            TypeInformation.of(
                                    field.getGenericType() instanceof Class<?> type
                                            ? type
                                            : null)));
        }
        return new PojoTypeInfo<>(Partial.class, fields);
    }

    @Test
    void shouldTakeOverStateThatWasWrittenAsPojos() throws Exception {
        Partial partial = partial(new Random(10));
        var before = harness(pojo());
        before.open();
        before.processElement(partial, 0);
        OperatorSubtaskState state = before.snapshot(1, 1);
        before.close();

        var after = harness(new PartialTypeInfo());
        after.initializeState(state);
        after.open();
        after.processElement(partial, 0);
        List<Partial> kept = after.extractOutputValues();
        after.close();

        assertThat(kept).hasSize(1);
        assertThat(kept.get(0)).usingRecursiveComparison().isEqualTo(partial);
    }
}
