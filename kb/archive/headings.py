"""The headings that a project's introduction customarily has.

The rendering lost which lines are headings; a short line alone may as well be a picture's
caption. So only a line that is one of these is taken for one.
"""

CUSTOMARY = """
    安装 快速入门 快速开始 入门 开始使用 用法 使用方法 使用 示例 例子 教程 文档 功能 特性 特征
    要求 依赖项 依赖 先决条件 最低要求 目录 新闻 公告 更新日志 变更日志 路线图 社区
    支持 获取帮助 常见问题 常见问题解答 问题和讨论 贡献 贡献代码 如何贡献 如何做出贡献 参与其中
    加入我们吧 赞助商 赞助 捐赠 支持开源 引用 引用这部作品 引用此项目 致谢 鸣谢 确认 许可证
    许可 测试 发展中的 开发 性能基准 基准测试 学习资源 阅读教程 高级用法 命令行用法 命令行参数
    目标受众 场景 生成状态 大型数据集 保存报告 集成 其他集成 编辑器集成
    即时通信
"""
HEADINGS = frozenset(CUSTOMARY.split())
