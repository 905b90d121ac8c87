// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import dev.streampane.pipeline.job.OptionType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.Path;

/**
 * Where a changelog goes, one place or several: the value of {@link WordCountOptions#OUTPUT}.
 *
 * @param topic to the topic, exactly once
 * @param console to the standard output of the TaskManager
 * @param directory to files
 */
public record ChangelogTargets(boolean topic, boolean console, Optional<Path> directory) {

    static OptionType<ChangelogTargets> type() {
        return new OptionType<>(
                "topic, console or a DIR (an absolute path, or a URI such as s3://bucket/path), or several of these three with commas",
                text -> {
                    List<String> targets = new ArrayList<>(List.of(text.split(",", -1)));
                    boolean topic = targets.remove("topic");
                    boolean console = targets.remove("console");
                    OptionType.require(targets.size() <= 1);
                    Optional<Path> directory = targets.stream()
                            .findFirst()
                            .map(OptionType.directory().parser());
                    return new ChangelogTargets(topic, console, directory);
                });
    }
}
