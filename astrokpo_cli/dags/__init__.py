"""DAG code: found, judged, patched and written, without ever running it.

PURE. Files come in as bytes, or through a Loader that the caller gives; what goes out is data. Down the page:

    source        bytes -> Module: the text, the tree, and the way from one to the other
    survey        Module -> Survey, in one walk (walk); scope has the types, and says what a name stands for
    world         the surveys of a run; imports are followed into the project's other modules
    evaluation    an expression -> its Value, or Unknown with the reason (values). Its steps are expressions, names and
                  calls; names asks loops and changes (settings, mutation); joining says what is certain of several
    lineage       a class -> its Operator (operators), through the project's own classes
    contexts      a place -> the DAGs and task groups that it runs in (holders); default_args has what they give
    arguments     what a call gives (given, mapping) -> what reaches the operator, through each class (initialiser)
    finder        Survey -> tasks (tasks), by how they are made (making); verdicts says who has a pull secret,
                  attributes what is set on a task later
    rules/        tasks -> findings (findings), by what the project says: private, versions
    patch/        tasks -> new bytes, proved to be the old program but for the change
    check         bytes -> Checked: all of it for one file, but for what its comments silence (suppress)
    yamltasks     the same for YAML (yaml_dags/)
    reports/      Checked -> text, JSON, SARIF, annotations; summaries makes what they show of a task

Beside these: snippet and layout write the code that uses a pull secret; dockerfile and requirements tell versions.
"""
