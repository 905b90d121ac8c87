// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.streampane.contract.AuditCorrection;
import dev.streampane.contract.AuditLine;
import dev.streampane.pipeline.contract.AuditMessage;
import dev.streampane.pipeline.contract.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the audit's messages among a job's outputs say. */
public final class AuditOutputs {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private AuditOutputs() {}

    /** The lines, in their order. */
    public static List<AuditLine> lines(Collection<? extends Output> outputs) {
        return read(outputs, AuditLine::read);
    }

    /** The corrections, in their order. */
    public static List<AuditCorrection> corrections(Collection<? extends Output> outputs) {
        return read(outputs, AuditCorrection::read);
    }

    private static <R> List<R> read(Collection<? extends Output> outputs, Function<JsonNode, Optional<R>> read) {
        return outputs.stream()
                .filter(AuditMessage.class::isInstance)
                .flatMap(message -> read.apply(json(message.value())).stream())
                .toList();
    }

    private static JsonNode json(byte[] value) {
        try {
            return MAPPER.readTree(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
