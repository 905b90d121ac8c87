// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.streampane.pipeline.contract.AuditCorrection;
import dev.streampane.pipeline.contract.AuditLine;
import dev.streampane.pipeline.contract.DeadLetter;
import dev.streampane.pipeline.contract.LateRecord;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.contract.OutputTypeInfo;
import dev.streampane.pipeline.contract.WindowResult;
import dev.streampane.pipeline.intake.Counted;
import dev.streampane.pipeline.intake.Fetched;
import dev.streampane.pipeline.intake.PartitionState;
import dev.streampane.pipeline.transactions.Transaction;
import dev.streampane.pipeline.transactions.TransactionDecoder;
import dev.streampane.pipeline.weather.DeviceReading;
import dev.streampane.pipeline.weather.ReadingDecoder;
import dev.streampane.pipeline.window.ExactSum;
import dev.streampane.pipeline.window.Partial;
import dev.streampane.pipeline.window.Provenance;
import dev.streampane.pipeline.window.Totals;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that travels between operators or lies in state is a POJO for Flink; nothing needs Kryo. */
class SerializationTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                WindowResult.class,
                LateRecord.class,
                DeadLetter.class,
                AuditLine.class,
                AuditCorrection.class,
                Fetched.class,
                PartitionState.class,
                Partial.class,
                Provenance.class,
                Totals.class,
                ExactSum.class,
                DeviceReading.class,
                Transaction.class
            })
    void shouldBePojo(Class<?> record) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(record);
    }

    static Stream<TypeInformation<?>> genericRecords() {
        return Stream.of(
                new ReadingDecoder(ZoneOffset.UTC).type(),
                new TransactionDecoder(ZoneOffset.UTC).type(),
                Counted.type(TypeInformation.of(DeviceReading.class)));
    }

    @ParameterizedTest
    @MethodSource("genericRecords")
    void shouldBePojoAroundItsValue(TypeInformation<?> type) {
        // Given
        var config = new SerializerConfigImpl();
        config.setGenericTypes(false);

        // Then
        assertThat(type).isInstanceOf(PojoTypeInfo.class);
        assertThat(type.createSerializer(config)).isNotNull();
    }

    @Test
    void shouldFindTheTypeOfOutputs() {
        assertThat(TypeInformation.of(Output.class)).isEqualTo(new OutputTypeInfo());
    }
}
