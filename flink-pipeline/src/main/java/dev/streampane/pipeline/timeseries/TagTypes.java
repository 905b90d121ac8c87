// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.OptionType;
import dev.streampane.pipeline.timeseries.TimeSeriesRow.Type;
import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Determines the type of a tag by its name, so that a name always has the same type.
 *
 * @param integers names of the tags of whole numbers; matched first
 * @param strings names of the tags of texts; all other tags are of numbers
 */
public record TagTypes(Pattern integers, Pattern strings) implements Serializable {

    static final JobOption<Pattern> INTEGER_NAMES = JobOption.of(
            "integer-names",
            ".*-ni-.*",
            OptionType.regex(),
            "Names of tags with integer values; tags that match neither pattern: numbers");

    static final JobOption<Pattern> STRING_NAMES = JobOption.of(
            "string-names",
            ".*-ns-.*",
            OptionType.regex(),
            "Names of tags with text values (where --integer-names does not match)");

    public static TagTypes of(JobConfig config) {
        return new TagTypes(config.get(INTEGER_NAMES), config.get(STRING_NAMES));
    }

    public Type of(String name) {
        if (integers.matcher(name).matches()) {
            return Type.INTEGER;
        }
        return strings.matcher(name).matches() ? Type.STRING : Type.DOUBLE;
    }
}
