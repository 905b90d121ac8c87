// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.intake;

import dev.streampane.contract.WindowSpec;
import dev.streampane.pipeline.contract.DeadLetter;
import dev.streampane.pipeline.contract.LateRecord;
import dev.streampane.pipeline.contract.Message;
import dev.streampane.pipeline.contract.Output;
import dev.streampane.pipeline.decode.Fetched;
import dev.streampane.pipeline.decode.RejectReason;
import java.io.Serializable;
import java.time.Instant;

/** What is said of a record that is not counted. */
record RecordReports(IntakeSettings settings) implements Serializable {

    DeadLetter deadLetter(Fetched fetched, RejectReason reason, String message) {
        return new DeadLetter(
                settings.job(),
                settings.generation(),
                reason.code(),
                message,
                fetched.topic(),
                fetched.partition(),
                fetched.offset(),
                row(fetched),
                appendTime(fetched),
                null,
                fetched.key(),
                fetched.value());
    }

    LateRecord late(Fetched fetched, WindowSpec spec, long eventTime) {
        return new LateRecord(
                settings.job(),
                settings.generation(),
                spec.canonical(),
                fetched.topic(),
                fetched.partition(),
                fetched.offset(),
                row(fetched),
                appendTime(fetched),
                Instant.ofEpochMilli(eventTime),
                fetched.key(),
                fetched.value());
    }

    /** Takes back that it was counted. */
    Output dropped(Fetched fetched, WindowSpec spec, long eventTime) {
        return Message.of(settings.label()
                .correction(spec, fetched.topic(), fetched.partition(), fetched.offset(), eventTime, 1));
    }

    private static Integer row(Fetched fetched) {
        return fetched.row() == Fetched.WHOLE ? null : fetched.row();
    }

    private static Instant appendTime(Fetched fetched) {
        return fetched.guarded() ? Instant.ofEpochMilli(fetched.appendTime()) : null;
    }
}
