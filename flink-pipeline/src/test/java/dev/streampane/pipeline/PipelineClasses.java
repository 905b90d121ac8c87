// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The classes of the module, but for its tests; read once. */
final class PipelineClasses {

    static final String ROOT = "dev.streampane.pipeline";

    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private PipelineClasses() {}
}
