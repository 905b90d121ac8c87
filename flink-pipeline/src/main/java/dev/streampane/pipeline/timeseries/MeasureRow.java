// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.intake.Measures;
import java.util.Optional;

/** Number or text of a tag. */
final class MeasureRow implements Measures<TimeSeriesRow> {

    private static final long serialVersionUID = 1L;

    @Override
    public String key(TimeSeriesRow row) {
        return row.name();
    }

    @Override
    public long[] metrics(TimeSeriesRow row) {
        return row.type().isNumber() ? new long[] {row.number()} : new long[0];
    }

    @Override
    public Optional<String> text(TimeSeriesRow row) {
        return row.type().isNumber() ? Optional.empty() : Optional.of(row.text());
    }
}
